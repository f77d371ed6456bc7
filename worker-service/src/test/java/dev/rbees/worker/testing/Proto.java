package dev.rbees.worker.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A protocol buffer message in the making, right or wrong, as a test wants it. */
public final class Proto {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public Proto number(int field, long value) {
        return varint((long) field << 3).varint(value);
    }

    public Proto text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    public Proto message(int field, Proto value) {
        return bytes(field, value.toBytes());
    }

    public Proto bytes(int field, byte[] value) {
        varint((long) field << 3 | 2).varint(value.length);
        out.writeBytes(value);
        return this;
    }

    /** Bytes as they are. */
    public Proto raw(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    public Proto varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    public byte[] toBytes() {
        return out.toByteArray();
    }
}
