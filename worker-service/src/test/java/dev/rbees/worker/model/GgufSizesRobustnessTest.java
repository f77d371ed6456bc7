package dev.rbees.worker.model;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.worker.testing.GgufBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is small in a file must not become large in memory. */
class GgufSizesRobustnessTest {

    private static final int HALF = 2 * 1024 * 1024;

    @TempDir
    Path folder;

    private static byte[] bytes(int count) {
        return new GgufBuilder.Bytes().i32(0).i64(count).zeros(count).toArray();
    }

    @Test
    void readsArraysOfFourMillionElementsTogether() {
        GgufBuilder file = new GgufBuilder().raw("a", 9, bytes(HALF)).raw("b", 9, bytes(HALF));
        try (GgufFile read = GgufFile.open(file.write(folder.resolve("m.gguf")))) {
            assertThat(read.metadata().integers("b")).hasValueSatisfying(list -> assertThat(list).hasSize(HALF));
        }
    }

    @Test
    void refusesOneElementMore() {
        Path file = new GgufBuilder().raw("a", 9, bytes(HALF)).raw("b", 9, bytes(HALF)).raw("c", 9, bytes(1))
                .write(folder.resolve("m.gguf"));
        assertThatThrownBy(() -> GgufFile.open(file)).hasMessageContaining("elements of c");
    }
}
