package dev.rbees.worker.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

import dev.rbees.worker.model.TensorEncoding;

/** Blocks of every encoding, made at random, and what they stand for: written from the format's description, one by one. */
public final class ReferenceBlocks {

    private ReferenceBlocks() {}

    /** Random blocks for so many numbers, with scales as models have them. */
    public static byte[] random(TensorEncoding encoding, int numbers, RandomGenerator random) {
        int blocks = numbers / encoding.blockLength();
        ByteBuffer out = ByteBuffer.allocate(blocks * encoding.blockBytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int block = 0; block < blocks; block++) {
            switch (encoding) {
                case F32 -> out.putFloat((float) random.nextGaussian() * 0.1f);
                case F16 -> out.putShort(Float.floatToFloat16((float) random.nextGaussian() * 0.1f));
                case BF16 -> out.putShort((short) (Float.floatToIntBits((float) random.nextGaussian() * 0.1f) >>> 16));
                case Q4_0 -> half(out, 0.03 * random.nextDouble(0.5, 1)).put(bytes(random, 16));
                case Q4_1 -> {
                    double step = 0.03 * random.nextDouble(0.5, 1);
                    half(half(out, step), -7.5 * step * random.nextDouble(0.8, 1.2)).put(bytes(random, 16));
                }
                case Q5_0 -> half(out, 0.015 * random.nextDouble(0.5, 1)).put(bytes(random, 20));
                case Q5_1 -> {
                    double step = 0.015 * random.nextDouble(0.5, 1);
                    half(half(out, step), -15.5 * step * random.nextDouble(0.8, 1.2)).put(bytes(random, 20));
                }
                case Q8_0 -> half(out, 0.002 * random.nextDouble(0.5, 1)).put(bytes(random, 32));
                case Q2_K -> half(half(out.put(bytes(random, 80)), 0.004), 0.006);
                case Q3_K -> half(out.put(bytes(random, 108)), 0.0006);
                case Q4_K -> half(half(out, 0.0006), 0.004).put(bytes(random, 140));
                case Q5_K -> half(half(out, 0.0003), 0.004).put(bytes(random, 172));
                case Q6_K -> {
                    out.put(bytes(random, 192)).put(bytes(random, 16));
                    half(out, 0.0001);
                }
            }
        }
        return out.array();
    }

    private static ByteBuffer half(ByteBuffer out, double value) {
        return out.putShort(Float.floatToFloat16((float) value));
    }

    private static byte[] bytes(RandomGenerator random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The numbers that the blocks stand for. */
    public static float[] numbers(TensorEncoding encoding, byte[] blocks, int count) {
        float[] numbers = new float[count];
        ByteBuffer in = ByteBuffer.wrap(blocks).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            int start = i / encoding.blockLength() * encoding.blockBytes();
            numbers[i] = number(encoding, in, start, i % encoding.blockLength());
        }
        return numbers;
    }

    private static float number(TensorEncoding encoding, ByteBuffer in, int start, int i) {
        return switch (encoding) {
            case F32 -> in.getFloat(start);
            case F16 -> half(in, start);
            case BF16 -> Float.intBitsToFloat(in.getShort(start) << 16);
            case Q4_0 -> half(in, start) * (nibble(in, start + 2, i) - 8);
            case Q4_1 -> half(in, start) * nibble(in, start + 4, i) + half(in, start + 2);
            case Q5_0 -> half(in, start) * (nibble(in, start + 6, i) + 16 * bit(in, start + 2, i) - 16);
            case Q5_1 -> half(in, start) * (nibble(in, start + 8, i) + 16 * bit(in, start + 4, i)) + half(in, start + 2);
            case Q8_0 -> half(in, start) * in.get(start + 2 + i);
            case Q2_K -> q2k(in, start, i);
            case Q3_K -> q3k(in, start, i);
            case Q4_K, Q5_K -> q45k(encoding == TensorEncoding.Q5_K, in, start, i);
            case Q6_K -> q6k(in, start, i);
        };
    }

    /** Element i of 32 in 16 bytes: the first half in the low nibbles, the second in the high ones. */
    private static int nibble(ByteBuffer in, int at, int i) {
        int pair = in.get(at + i % 16) & 0xFF;
        return i < 16 ? pair % 16 : pair / 16;
    }

    private static int bit(ByteBuffer in, int at, int i) {
        return (in.getInt(at) >>> i) & 1;
    }

    private static float q2k(ByteBuffer in, int start, int i) {
        int both = in.get(start + i / 16) & 0xFF;
        return half(in, start + 80) * (both % 16) * pair(in, start + 16, i) - half(in, start + 82) * (both >>> 4);
    }

    private static float q3k(ByteBuffer in, int start, int i) {
        int group = i / 16;
        int lowBits = in.get(start + 96 + group % 8) & 0xFF;
        int highBits = in.get(start + 104 + group % 4) & 0xFF;
        int scale = (group < 8 ? lowBits % 16 : lowBits / 16) + (highBits >>> (2 * (group / 4))) % 4 * 16 - 32;
        int third = (in.get(start + i % 32) >>> (i / 32)) & 1;
        return half(in, start + 108) * scale * (pair(in, start + 32, i) + 4 * third - 4);
    }

    /** Element i of 256 in 64 bytes: 128 in each half, the first 32 of them in the lowest bit pairs. */
    private static int pair(ByteBuffer in, int at, int i) {
        return (in.get(at + i / 128 * 32 + i % 32) >>> (i % 128 / 32 * 2)) & 3;
    }

    private static float q45k(boolean fifthBits, ByteBuffer in, int start, int i) {
        int group = i / 32;
        int scale;
        int minimum;
        int[] packed = new int[12];
        for (int b = 0; b < 12; b++) {
            packed[b] = in.get(start + 4 + b) & 0xFF;
        }
        if (group < 4) {
            scale = packed[group] % 64;
            minimum = packed[group + 4] % 64;
        } else {
            scale = packed[group + 4] % 16 + packed[group - 4] / 64 * 16;
            minimum = packed[group + 4] / 16 + packed[group] / 64 * 16;
        }
        int pair = in.get(start + (fifthBits ? 48 : 16) + i / 64 * 32 + i % 32) & 0xFF;
        int q = (i % 64 < 32 ? pair % 16 : pair / 16)
                + (fifthBits ? 16 * ((in.get(start + 16 + i % 32) >>> group) & 1) : 0);
        return half(in, start) * scale * q - half(in, start + 2) * minimum;
    }

    private static float q6k(ByteBuffer in, int start, int i) {
        int half = i / 128;
        int within = i % 128;
        int quarter = within / 32;
        int column = within % 32;
        int low = in.get(start + half * 64 + quarter % 2 * 32 + column) & 0xFF;
        int high = in.get(start + 128 + half * 32 + column) & 0xFF;
        int q = (quarter < 2 ? low % 16 : low / 16) + (high >>> (2 * quarter)) % 4 * 16 - 32;
        return half(in, start + 208) * in.get(start + 192 + i / 16) * q;
    }

    private static float half(ByteBuffer in, int at) {
        return Float.float16ToFloat(in.getShort(at));
    }
}
