package dev.rbees.worker.graph;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.Tensor;
import dev.rbees.worker.model.TensorEncoding;

/**
 * Brings rows of a GGUF tensor into a {@link WeightForm}. Exact for Q4_0, Q5_0, Q8_0 and Q6_K; Q4_1, Q5_1 and Q4_K lose
 * about 0.2 % (the offset is rounded to a step), plain numbers about 0.5 % (they are rounded to 8 bits). Not for several
 * threads.
 */
final class RowPacker {

    private static final int SYMMETRIC_ZERO = 128;

    private final Tensor tensor;
    private final byte[] source;
    private final BlockReader reader;
    private final float[] floats = new float[32];

    /** Reads from {@code source}, which the caller fills with rows of the tensor. */
    RowPacker(Tensor tensor, byte[] source) {
        this.tensor = tensor;
        this.source = source;
        this.reader = new BlockReader(source);
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when a number is not finite */
    void pack(int rows, PackedRows target) {
        if (rows * tensor.rowBytes() > source.length) {
            throw new IllegalArgumentException(rows + " rows do not fit into the source");
        }
        for (int row = 0; row < rows; row++) {
            packRow(row, target);
        }
        for (float scale : target.scales) {
            if (!Float.isFinite(scale)) {
                throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the tensor " + tensor.name()
                        + " holds numbers that are not finite; the model file is damaged");
            }
        }
    }

    private void packRow(int row, PackedRows target) {
        int rowStart = row * tensor.rowBytes();
        TensorEncoding encoding = tensor.encoding();
        if (target.form.isFloat()) {
            packFloats(rowStart, target, target.dataStart(row));
            return;
        }
        int blockLength = target.form.blockLength();
        int blocks = target.form.blocks(tensor.columns());
        for (int block = 0; block < blocks; block++) {
            int at = target.dataStart(row) + block * blockLength * target.form.bits() / 8;
            int index = target.blockStart(row) + block;
            switch (encoding) {
                case Q4_0 -> {
                    reader.read(encoding, rowStart, block);
                    packNibbles(target, at, index);
                }
                case Q5_0, Q8_0, Q6_K -> {
                    reader.read(encoding, rowStart, block);
                    packSymmetric(target, at, index, encoding, blockLength);
                }
                case Q4_1, Q5_1, Q4_K -> {
                    reader.read(encoding, rowStart, block);
                    AffineBlock.pack(reader, encoding == TensorEncoding.Q5_1 ? 31 : 15, target, at, index);
                }
                case F32, F16, BF16 -> {
                    reader.readFloats(encoding, rowStart, block * blockLength, blockLength, floats);
                    round(target, at, index);
                }
            }
        }
    }

    /** Element 2i in the low nibble, element 2i + 1 in the high one. */
    private void packNibbles(PackedRows target, int at, int index) {
        target.scales[index] = reader.scale;
        for (int i = 0; i < 16; i++) {
            target.data[at + i] = (byte) (reader.q[2 * i] | (reader.q[2 * i + 1] << 4));
        }
    }

    private void packSymmetric(PackedRows target, int at, int index, TensorEncoding encoding, int count) {
        int shift = switch (encoding) {
            case Q5_0 -> SYMMETRIC_ZERO - 16;
            case Q6_K -> SYMMETRIC_ZERO - 32;
            default -> 0;
        };
        target.scales[index] = reader.scale;
        for (int i = 0; i < count; i++) {
            target.data[at + i] = (byte) (reader.q[i] + shift);
        }
        zeroPoint(target, index, SYMMETRIC_ZERO);
    }

    /** Rounds 32 plain numbers to 8 bits around zero. */
    private void round(PackedRows target, int at, int index) {
        float largest = 0;
        for (float value : floats) {
            // why: Math.max would hide a NaN from the check of the scales
            largest = Float.isFinite(value) ? Math.max(largest, Math.abs(value)) : Float.NaN;
            if (Float.isNaN(largest)) {
                break;
            }
        }
        float scale = largest / 127;
        target.scales[index] = scale;
        for (int i = 0; i < 32; i++) {
            int q = scale > 0 ? Math.round(floats[i] / scale) : 0;
            target.data[at + i] = (byte) (q + SYMMETRIC_ZERO);
        }
        zeroPoint(target, index, SYMMETRIC_ZERO);
    }

    private static void zeroPoint(PackedRows target, int index, int zeroPoint) {
        if (target.form.hasZeroPoints()) {
            target.zeroPoints[index] = (byte) zeroPoint;
        }
    }

    private void packFloats(int rowStart, PackedRows target, int start) {
        for (int first = 0; first < tensor.columns(); first += floats.length) {
            int count = Math.min(floats.length, tensor.columns() - first);
            reader.readFloats(tensor.encoding(), rowStart, first, count, floats);
            for (int i = 0; i < count; i++) {
                LittleEndian.put(target.data, start + (first + i) * Float.BYTES, floats[i]);
            }
        }
    }
}
