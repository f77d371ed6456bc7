package dev.rbees.worker.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import dev.rbees.api.error.RbeesException;

/** A reading position in a GGUF file's header. It never reads past the end and never believes a length before checking it. */
final class GgufCursor {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** For all arrays together; vocabulary, scores and merges of the largest models are about a million and a half. */
    private static final int MAX_ELEMENTS = 4 * 1024 * 1024;
    /** For all texts together. */
    private static final int MAX_TEXT = 128 * 1024 * 1024;

    private final MemorySegment file;
    private long position;
    private long elements;
    private long text;

    GgufCursor(MemorySegment file) {
        this.file = file;
    }

    long position() {
        return position;
    }

    int u8() {
        return Byte.toUnsignedInt(file.get(ValueLayout.JAVA_BYTE, advance(1)));
    }

    int u16() {
        return Short.toUnsignedInt(file.get(SHORT, advance(2)));
    }

    int i32() {
        return file.get(INT, advance(4));
    }

    long i64() {
        return file.get(LONG, advance(8));
    }

    /** A count of things that take at least {@code minimumBytes} each, so that no count can be larger than the file. */
    long count(String what, long minimumBytes, long limit) {
        long count = i64();
        if (count < 0 || count > limit || count > (file.byteSize() - position) / minimumBytes) {
            throw broken("it claims to hold " + Long.toUnsignedString(count) + " " + what);
        }
        return count;
    }

    /** The count of an array's elements. why: each becomes an object, which takes far more room than in the file. */
    int elements(String what, long minimumBytes) {
        long count = count("elements of " + what, minimumBytes, MAX_ELEMENTS - elements);
        elements += count;
        return (int) count;
    }

    String string(String what, int limit) {
        long length = count("bytes of " + what, 1, Math.min(limit, MAX_TEXT - text));
        text += length;
        byte[] bytes = new byte[(int) length];
        MemorySegment.copy(file, ValueLayout.JAVA_BYTE, advance(length), bytes, 0, (int) length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private long advance(long bytes) {
        if (bytes > file.byteSize() - position) {
            throw broken("it ends in the middle of its header");
        }
        long start = position;
        position += bytes;
        return start;
    }

    static RbeesException broken(String reason) {
        return ModelFault.of("the GGUF file is damaged: " + reason
                + "; download or copy it again");
    }
}
