package dev.rbees.worker.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.testing.GgufBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A model in several files, as llama.cpp splits it. */
class GgufPartsTest {

    @TempDir
    Path folder;

    private Path first;
    private Path second;

    @BeforeEach
    void write() {
        first = part(1, 2, 2, "a").text("general.name", "tiny").write(folder.resolve("m-00001-of-00002.gguf"));
        second = part(2, 2, 2, "b").write(folder.resolve("m-00002-of-00002.gguf"));
    }

    private static GgufBuilder part(int number, int parts, int tensors, String tensor) {
        byte[] data = new byte[32 * 4];
        data[0] = (byte) number;
        return new GgufBuilder().part(number, parts, tensors).tensor(tensor, TensorEncoding.F32, data, 32);
    }

    private static void assertRefused(Path path, String problem) {
        assertThatThrownBy(() -> GgufFile.open(path).close()).isInstanceOf(RbeesException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void readsTheTensorsOfAllPartsWhicheverIsNamed() {
        for (Path named : new Path[] {first, second}) {
            try (GgufFile file = GgufFile.open(named)) {
                assertThat(file.metadata().text("general.name")).contains("tiny");
                assertThat(file.tensors()).extracting(Tensor::name).containsExactly("a", "b");
                byte[] row = new byte[32 * 4];
                file.readRows(file.require("b"), 0, 1, row);
                assertThat(row[0]).isEqualTo((byte) 2);
                file.readRows(file.require("a"), 0, 1, row);
                assertThat(row[0]).isEqualTo((byte) 1);
            }
        }
    }

    @Test
    void saysWhichPartIsMissing() throws IOException {
        Files.move(second, folder.resolve("kept"));
        assertRefused(first, "m-00002-of-00002.gguf is missing");
        Files.move(folder.resolve("kept"), second);
        Files.delete(first);
        assertRefused(second, "m-00001-of-00002.gguf is missing");
    }

    @Test
    void refusesPartsThatDoNotBelongTogether() {
        part(2, 2, 2, "a").write(second);
        assertRefused(first, "the tensor a is in several parts");
        part(1, 2, 2, "b").write(second);
        assertRefused(first, "m-00002-of-00002.gguf says that it is part 1 of 2");
        part(2, 3, 2, "b").write(second);
        assertRefused(first, "m-00002-of-00002.gguf says that it is part 2 of 3");
        new GgufBuilder().tensor("b", TensorEncoding.F32, new byte[32 * 4], 32).write(second);
        assertRefused(first, "m-00002-of-00002.gguf says that it is part 1 of 1");
        part(2, 2, 2, "b").tensor("c", TensorEncoding.F32, new byte[32 * 4], 32).write(second);
        assertRefused(first, "the parts have 3 tensors together, not 2");
    }

    @Test
    void refusesAPartWhoseNameDoesNotTellTheOthers() throws IOException {
        assertRefused(Files.move(first, folder.resolve("renamed.gguf")), "renamed.gguf says that it is part 1 of 2");
        assertRefused(part(1, 99_999, 1, "a").write(folder.resolve("n-00001-of-99999.gguf")), "99999 parts");
    }
}
