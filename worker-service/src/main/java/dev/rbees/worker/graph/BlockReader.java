package dev.rbees.worker.graph;

import dev.rbees.worker.model.PlainNumbers;
import dev.rbees.worker.model.TensorEncoding;

/**
 * Takes blocks of GGUF apart into whole numbers and their scale and offset: {@code w = scale · q + offset}. One block of
 * ours has 32 numbers, or 16 for Q2_K, Q3_K and Q6_K.
 *
 * <p>
 * Source of the layouts: the GGML quantisation formats. Not for several threads.
 */
final class BlockReader {

    /** The numbers of the block that was read last, without sign offset. */
    final int[] q = new int[32];
    /** What one step of {@link #q} is worth. */
    float scale;
    /** What q = 0 stands for. */
    float offset;

    private final byte[] source;

    BlockReader(byte[] source) {
        this.source = source;
    }

    /** Reads block number {@code index} of a row that begins at {@code rowStart}. */
    void read(TensorEncoding encoding, int rowStart, int index) {
        switch (encoding) {
            case Q4_0 -> readQ4(rowStart + index * encoding.blockBytes(), 2, -8);
            case Q4_1 -> readQ4(rowStart + index * encoding.blockBytes(), 4, 0);
            case Q5_0 -> readQ5(rowStart + index * encoding.blockBytes(), 2, -16);
            case Q5_1 -> readQ5(rowStart + index * encoding.blockBytes(), 4, 0);
            case Q8_0 -> readQ8(rowStart + index * encoding.blockBytes());
            case Q2_K -> readQ2K(rowStart + index / 16 * encoding.blockBytes(), index % 16);
            case Q3_K -> readQ3K(rowStart + index / 16 * encoding.blockBytes(), index % 16);
            case Q4_K -> readQ4K(rowStart + index / 8 * encoding.blockBytes(), index % 8);
            case Q5_K -> readQ5K(rowStart + index / 8 * encoding.blockBytes(), index % 8);
            case Q6_K -> readQ6K(rowStart + index / 16 * encoding.blockBytes(), index % 16);
            case F32, F16, BF16 -> throw new IllegalArgumentException(encoding + " has no blocks");
        }
    }

    /** Reads {@code count} plain numbers beginning with number {@code first} of a row. */
    void readFloats(TensorEncoding encoding, int rowStart, int first, int count, float[] target) {
        int width = encoding.blockBytes();
        for (int i = 0; i < count; i++) {
            target[i] = PlainNumbers.at(encoding, source, rowStart + (first + i) * width);
        }
    }

    /** d, [m,] then 16 bytes: element i in the low nibbles, element i + 16 in the high ones. */
    private void readQ4(int at, int header, int zero) {
        scale = half(at);
        offset = header == 4 ? half(at + 2) : zero * scale;
        for (int i = 0; i < 16; i++) {
            int pair = u8(at + header + i);
            q[i] = pair & 0xF;
            q[i + 16] = pair >>> 4;
        }
    }

    /** As Q4, with the fifth bits of all 32 elements in four bytes before the nibbles. */
    private void readQ5(int at, int header, int zero) {
        readQ4(at, header + 4, 0);
        offset = header == 4 ? half(at + 2) : zero * scale;
        int high = u16(at + header) | (u16(at + header + 2) << 16);
        for (int i = 0; i < 32; i++) {
            q[i] |= ((high >>> i) & 1) << 4;
        }
    }

    private void readQ8(int at) {
        scale = half(at);
        offset = -128 * scale;
        for (int i = 0; i < 32; i++) {
            q[i] = source[at + 2 + i] + 128;
        }
    }

    /** 16 bytes of 4-bit scale and minimum, 64 bytes of bit pairs, d, dmin; {@code part} of 16, each of 16 numbers. */
    private void readQ2K(int at, int part) {
        int pair = u8(at + part);
        scale = half(at + 80) * (pair & 0xF);
        offset = -half(at + 82) * (pair >>> 4);
        readBitPairs(at + 16, part);
    }

    /** 32 bytes of high bits, 64 bytes of low bit pairs, 16 scales of 6 bits in 12 bytes, d; {@code part} of 16. */
    private void readQ3K(int at, int part) {
        int scales = at + 96;
        int low = (u8(scales + part % 8) >>> (part / 8 * 4)) & 0xF;
        int high = (u8(scales + 8 + part % 4) >>> (part / 4 * 2)) & 3;
        scale = half(at + 108) * ((low | (high << 4)) - 32);
        offset = -4 * scale;
        readBitPairs(at + 32, part);
        int bits = at + part % 2 * 16;
        for (int i = 0; i < 16; i++) {
            q[i] |= ((u8(bits + i) >>> (part / 2)) & 1) << 2;
        }
    }

    /** Sixteen bit pairs of 256: two halves of 32 bytes, each byte with a pair of four quarters. */
    private void readBitPairs(int pairs, int part) {
        int from = pairs + part / 8 * 32 + part % 2 * 16;
        int shift = part % 8 / 2 * 2;
        for (int i = 0; i < 16; i++) {
            q[i] = (u8(from + i) >>> shift) & 3;
        }
    }

    /** d, dmin, eight pairs of 6-bit scale and minimum in 12 bytes, then 128 bytes of nibbles; {@code part} of 8. */
    private void readQ4K(int at, int part) {
        readStepAndMinimum(at, part);
        readNibbles(at + 16, part);
    }

    /** As Q4_K, with 32 bytes of fifth bits before the nibbles. */
    private void readQ5K(int at, int part) {
        readStepAndMinimum(at, part);
        readNibbles(at + 48, part);
        for (int i = 0; i < 32; i++) {
            q[i] |= ((u8(at + 16 + i) >>> part) & 1) << 4;
        }
    }

    private void readStepAndMinimum(int at, int part) {
        int scales = at + 4;
        int step;
        int minimum;
        if (part < 4) {
            step = u8(scales + part) & 63;
            minimum = u8(scales + part + 4) & 63;
        } else {
            step = (u8(scales + part + 4) & 0xF) | (u8(scales + part - 4) >>> 6 << 4);
            minimum = (u8(scales + part + 4) >>> 4) | (u8(scales + part) >>> 6 << 4);
        }
        scale = half(at) * step;
        offset = -half(at + 2) * minimum;
    }

    private void readNibbles(int start, int part) {
        int nibbles = start + part / 2 * 32;
        int shift = part % 2 * 4;
        for (int i = 0; i < 32; i++) {
            q[i] = (u8(nibbles + i) >>> shift) & 0xF;
        }
    }

    /** 128 bytes of low nibbles, 64 of high bit pairs, 16 signed scales, d; {@code part} of 16, each of 16 numbers. */
    private void readQ6K(int at, int part) {
        scale = half(at + 208) * source[at + 192 + part];
        offset = -32 * scale;
        int half = part / 8;
        int quarter = part % 8 / 2;
        int low = at + half * 64 + quarter % 2 * 32 + part % 2 * 16;
        int high = at + 128 + half * 32 + part % 2 * 16;
        for (int i = 0; i < 16; i++) {
            int lowBits = (u8(low + i) >>> (quarter / 2 * 4)) & 0xF;
            int highBits = (u8(high + i) >>> (quarter * 2)) & 3;
            q[i] = lowBits | (highBits << 4);
        }
    }

    private int u8(int at) {
        return source[at] & 0xFF;
    }

    private int u16(int at) {
        return (source[at] & 0xFF) | ((source[at + 1] & 0xFF) << 8);
    }

    private float half(int at) {
        return Float.float16ToFloat((short) u16(at));
    }
}
