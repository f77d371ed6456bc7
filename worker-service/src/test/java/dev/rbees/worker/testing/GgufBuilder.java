package dev.rbees.worker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.worker.model.TensorEncoding;

/** Writes GGUF files, right ones and, by its setters, wrong ones. */
public final class GgufBuilder {

    @SuppressWarnings("ArrayRecordComponent")
    private record Entry(String name, TensorEncoding encoding, long[] shape, byte[] data) {}

    private final Bytes metadata = new Bytes();
    private final List<Entry> tensors = new ArrayList<>();
    private int pairs;
    private int magic = 0x46554747;
    private int version = 3;

    public GgufBuilder magic(int value) {
        magic = value;
        return this;
    }

    public GgufBuilder version(int value) {
        version = value;
        return this;
    }

    public GgufBuilder text(String key, String value) {
        key(key, 8).text(value);
        return this;
    }

    public GgufBuilder integer(String key, int value) {
        key(key, 4).i32(value);
        return this;
    }

    /** What says that this file is one of several. */
    public GgufBuilder part(int number, int parts, int tensorsOfAll) {
        return integer("split.no", number - 1).integer("split.count", parts).integer("split.tensors.count", tensorsOfAll);
    }

    public GgufBuilder number(String key, float value) {
        key(key, 6).i32(Float.floatToIntBits(value));
        return this;
    }

    public GgufBuilder flag(String key, boolean value) {
        key(key, 7).u8(value ? 1 : 0);
        return this;
    }

    public GgufBuilder texts(String key, List<String> values) {
        key(key, 9).i32(8).i64(values.size());
        values.forEach(metadata::text);
        return this;
    }

    public GgufBuilder integers(String key, List<Integer> values) {
        key(key, 9).i32(5).i64(values.size());
        values.forEach(metadata::i32);
        return this;
    }

    /** A pair whose value has this type and these bytes. */
    public GgufBuilder raw(String key, int type, byte[] value) {
        key(key, type).bytes(value);
        return this;
    }

    public GgufBuilder tensor(String name, TensorEncoding encoding, byte[] data, long... shape) {
        tensors.add(new Entry(name, encoding, shape, data));
        return this;
    }

    private Bytes key(String key, int type) {
        pairs++;
        return metadata.text(key).i32(type);
    }

    public byte[] build() {
        Bytes header = new Bytes().i32(magic).i32(version).i64(tensors.size()).i64(pairs).bytes(metadata.toArray());
        long offset = 0;
        for (Entry tensor : tensors) {
            header.text(tensor.name()).i32(tensor.shape().length);
            for (long size : tensor.shape()) {
                header.i64(size);
            }
            header.i32(tensor.encoding().id()).i64(offset);
            offset = align(offset + tensor.data().length);
        }
        header.zeros((int) (align(header.size()) - header.size()));
        for (Entry tensor : tensors) {
            header.bytes(tensor.data()).zeros((int) (align(tensor.data().length) - tensor.data().length));
        }
        return header.toArray();
    }

    public Path write(Path file) {
        try {
            return Files.write(file, build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long align(long position) {
        return (position + 31) / 32 * 32;
    }

    /** Little-endian bytes in the making. */
    public static final class Bytes {
        private byte[] array = new byte[1024];
        private int size;

        public Bytes u8(int value) {
            return bytes(new byte[] {(byte) value});
        }

        public Bytes i32(int value) {
            return bytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
        }

        public Bytes i64(long value) {
            return bytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
        }

        public Bytes text(String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            return i64(utf8.length).bytes(utf8);
        }

        public Bytes zeros(int count) {
            return bytes(new byte[count]);
        }

        public Bytes bytes(byte[] more) {
            if (size + more.length > array.length) {
                array = java.util.Arrays.copyOf(array, Math.max(array.length * 2, size + more.length));
            }
            System.arraycopy(more, 0, array, size, more.length);
            size += more.length;
            return this;
        }

        int size() {
            return size;
        }

        public byte[] toArray() {
            return java.util.Arrays.copyOf(array, size);
        }
    }
}
