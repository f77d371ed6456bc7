package dev.rbees.pool.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Writes heads of GGUF files. */
final class GgufBytes {

    private final ByteBuffer bytes = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
    private long entries;

    GgufBytes() {
        bytes.position(24);
    }

    GgufBytes text(String key, String value) {
        return key(key, 8).string(value);
    }

    GgufBytes number(String key, int value) {
        key(key, 4).bytes.putInt(value);
        return this;
    }

    GgufBytes texts(String key, String... values) {
        key(key, 9).bytes.putInt(8).putLong(values.length);
        for (String value : values) {
            string(value);
        }
        return this;
    }

    GgufBytes fractions(String key, float... values) {
        key(key, 9).bytes.putInt(6).putLong(values.length);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return this;
    }

    private GgufBytes key(String key, int type) {
        entries++;
        string(key).bytes.putInt(type);
        return this;
    }

    private GgufBytes string(String text) {
        byte[] encoded = text.getBytes(UTF_8);
        bytes.putLong(encoded.length).put(encoded);
        return this;
    }

    byte[] toBytes() {
        bytes.put(0, "GGUF".getBytes(UTF_8)).putInt(4, 3).putLong(8, 0).putLong(16, entries);
        byte[] written = new byte[bytes.position()];
        bytes.get(0, written);
        return written;
    }

    /** A head as the files that people have begin with. */
    static byte[] ofModel() {
        return new GgufBytes().text("general.architecture", "llama").text("general.name", "Tiny")
                .text("general.license", "apache-2.0").number("general.file_type", 15).number("llama.context_length", 2048)
                .number("other.context_length", 7).texts("tokenizer.ggml.tokens", "a", "b", "c")
                .fractions("tokenizer.ggml.scores", 0, 1, 2).toBytes();
    }
}
