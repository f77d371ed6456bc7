package dev.rbees.worker.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.testing.GgufBuilder;
import dev.rbees.worker.testing.TinyModel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GgufFileTest {

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("model.gguf");
    }

    private GgufFile open(byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return GgufFile.open(file);
    }

    private void refuses(byte[] bytes, String... words) {
        assertThatThrownBy(() -> open(bytes).close()).isInstanceOfSatisfying(RbeesException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED);
            assertThat(e.userMessage()).contains(words);
        });
    }

    private static GgufBuilder twoTensors() {
        return new GgufBuilder().text("general.architecture", "llama")
                .tensor("a", TensorEncoding.F32, new byte[32 * 4], 32)
                .tensor("b", TensorEncoding.Q8_0, new byte[34 * 2], 32, 2);
    }

    @Test
    void readsMetadataAndTensors() {
        GgufBuilder builder = twoTensors().integer("n", 7).number("x", 1.5f).flag("on", true)
                .texts("words", List.of("p", "ü"))
                .integers("numbers", List.of(-1, 2));
        try (GgufFile gguf = open(builder.build())) {
            assertThat(gguf.metadata().text("general.architecture")).contains("llama");
            assertThat(gguf.metadata().integer("n")).contains(7L);
            assertThat(gguf.metadata().number("x")).contains(1.5);
            assertThat(gguf.metadata().flag("on")).contains(true);
            assertThat(gguf.metadata().requireTexts("words")).containsExactly("p", "ü");
            assertThat(gguf.metadata().integers("numbers")).contains(List.of(-1L, 2L));
            assertThat(gguf.tensors()).extracting(Tensor::name).containsExactly("a", "b");
            assertThat(gguf.require("b").rows()).isEqualTo(2);
            assertThat(gguf.require("b").columns()).isEqualTo(32);
        }
    }

    @Test
    void readsTheBytesOfARow() {
        byte[] data = new byte[34 * 3];
        new Random(1).nextBytes(data);
        try (GgufFile gguf = open(new GgufBuilder().tensor("t", TensorEncoding.Q8_0, data, 32, 3).build())) {
            byte[] row = new byte[34];
            gguf.readRows(gguf.require("t"), 1, 1, row);
            assertThat(row).isEqualTo(Arrays.copyOfRange(data, 34, 68));
        }
    }

    @Test
    void refusesAFileThatIsNoGguf() {
        refuses("hello, this is a text".getBytes(java.nio.charset.StandardCharsets.UTF_8), "no GGUF file");
        refuses(new byte[0], "no GGUF file");
        refuses(twoTensors().magic(0x47475546).build(), "no GGUF file");
    }

    @Test
    void refusesUnknownVersions() {
        refuses(twoTensors().version(1).build(), "version 1");
        refuses(twoTensors().version(4).build(), "version 4");
        refuses(twoTensors().version(Integer.reverseBytes(3)).build(), "little-endian");
    }

    @Test
    void refusesEveryTruncationWithoutACrash() {
        byte[] whole = TinyModel.of(TensorEncoding.Q4_0).builder(TinyModel.of(TensorEncoding.Q4_0).data(1)).build();
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            int length = i < 64 ? i : random.nextInt(whole.length - 32);
            refuses(Arrays.copyOf(whole, length), "GGUF");
        }
    }

    @Test
    void survivesRandomDamage() {
        byte[] whole = twoTensors().integer("n", 7).texts("words", List.of("one", "two")).build();
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            byte[] damaged = whole.clone();
            for (int hit = 0; hit < 3; hit++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                open(damaged).close();
            } catch (RbeesException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.MODEL_LOAD_FAILED);
            }
        }
    }

    @Test
    void refusesHugeCountsBeforeAllocatingForThem() {
        byte[] whole = twoTensors().build();
        refuses(withLong(whole, 8, Long.MAX_VALUE), "claims to hold", "tensors");
        refuses(withLong(whole, 8, -1), "claims to hold", "tensors");
        refuses(withLong(whole, 16, 1L << 40), "claims to hold", "metadata");
        refuses(withLong(whole, 24, 1L << 40), "claims to hold", "metadata key");
        byte[] array = new GgufBuilder.Bytes().i32(0).i64(1L << 50).toArray();
        refuses(new GgufBuilder().raw("big", 9, array).build(), "elements of big");
    }

    @Test
    void refusesShapesThatCannotBe() {
        refuses(new GgufBuilder().tensor("t", TensorEncoding.F32, new byte[4], 0).build(), "dimension of 0");
        refuses(new GgufBuilder().tensor("t", TensorEncoding.F32, new byte[4], 1, 1, 1, 1, 1).build(), "5 dimensions");
        refuses(new GgufBuilder().tensor("t", TensorEncoding.F32, new byte[4], Integer.MAX_VALUE, Integer.MAX_VALUE,
                Integer.MAX_VALUE).build(), "larger than anything");
        refuses(new GgufBuilder().tensor("t", TensorEncoding.Q4_0, new byte[18], 33).build(), "block length");
        refuses(new GgufBuilder().tensor("t", TensorEncoding.F32, new byte[4], 1000).build(), "inside the file");
    }

    @Test
    void refusesOverlappingAndMisplacedTensors() {
        byte[] whole = twoTensors().build();
        int offsetOfB = indexOf(whole, "b") + 1 + 4 + 16 + 4;
        refuses(withLong(whole, offsetOfB, 0), "overlap");
        refuses(withLong(whole, offsetOfB, 7), "inside the file");
        refuses(withLong(whole, offsetOfB, -32), "inside the file");
        refuses(withLong(whole, offsetOfB, Long.MAX_VALUE - 31), "inside the file");
    }

    @Test
    void refusesDoubleNamesAndKeys() {
        refuses(new GgufBuilder().text("k", "1").text("k", "2").build(), "k appears twice");
        refuses(new GgufBuilder().tensor("t", TensorEncoding.F32, new byte[4], 1)
                .tensor("t", TensorEncoding.F32, new byte[4], 1)
                .build(), "listed twice");
    }

    @Test
    void refusesUnknownTypes() {
        refuses(new GgufBuilder().raw("k", 99, new byte[4]).build(), "unknown type 99");
        refuses(new GgufBuilder().raw("k", 9, new GgufBuilder.Bytes().i32(9).i64(1).toArray()).build(), "unknown type 9");
        byte[] whole = new GgufBuilder().tensor("t", TensorEncoding.F32, new byte[4], 1).build();
        int type = indexOf(whole, "t") + 1 + 4 + 8;
        whole[type] = 16;
        refuses(whole, "t is packed as IQ2_XXS", "Q4_0");
    }

    @Test
    void refusesAValueOfAnotherTypeThanExpected() {
        try (GgufFile gguf = open(new GgufBuilder().text("n", "seven").build())) {
            assertThatThrownBy(() -> gguf.metadata().integer("n")).hasMessageContaining("another type");
            assertThatThrownBy(() -> gguf.metadata().requireText("absent")).hasMessageContaining("does not say its absent");
        }
    }

    @Test
    void refusesABadAlignment() {
        refuses(twoTensors().integer("general.alignment", 3).build(), "alignment of 3");
        refuses(twoTensors().integer("general.alignment", 0).build(), "alignment of 0");
    }

    private static byte[] withLong(byte[] bytes, int at, long value) {
        byte[] changed = bytes.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
        return changed;
    }

    /** Where a text with its length before it begins. */
    private static int indexOf(byte[] bytes, String text) {
        byte[] wanted = new GgufBuilder.Bytes().text(text).toArray();
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i + 8;
            }
        }
        throw new AssertionError(text);
    }
}
