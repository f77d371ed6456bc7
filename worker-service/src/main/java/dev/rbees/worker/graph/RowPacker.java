package dev.rbees.worker.graph;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.Tensor;
import dev.rbees.worker.model.TensorEncoding;

/**
 * Brings rows of a tensor into a {@link WeightForm}. Exact for Q4_0, Q5_0, Q8_0, Q3_K and Q6_K; Q4_1, Q5_1, Q2_K, Q4_K and
 * Q5_K lose about 0.2 % (the offset is rounded to a step) unless the form has offsets; plain numbers lose what
 * {@link ImportOptions.Plain} says. Not for several threads.
 */
final class RowPacker {

    private static final int SYMMETRIC_ZERO = 128;
    private static final int NIBBLE_ZERO = 8;

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
                throw ModelFault.of("the tensor " + tensor.name()
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
                case Q5_0, Q8_0, Q3_K, Q6_K -> {
                    reader.read(encoding, rowStart, block);
                    packSymmetric(target, at, index, encoding, blockLength);
                }
                case Q4_1, Q5_1, Q2_K, Q4_K, Q5_K -> {
                    reader.read(encoding, rowStart, block);
                    packAffine(target, at, index, encoding);
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

    private void packAffine(PackedRows target, int at, int index, TensorEncoding encoding) {
        if (target.form.hasOffsets()) {
            packNibbles(target, at, index);
            target.offsets[index] = NIBBLE_ZERO * reader.scale + reader.offset;
            return;
        }
        int levels = switch (encoding) {
            case Q2_K -> 3;
            case Q5_1, Q5_K -> 31;
            default -> 15;
        };
        AffineBlock.pack(reader, levels, target, at, index);
    }

    private void packSymmetric(PackedRows target, int at, int index, TensorEncoding encoding, int count) {
        int shift = switch (encoding) {
            case Q3_K -> SYMMETRIC_ZERO - 4;
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

    /** Rounds 32 plain numbers around zero. */
    private void round(PackedRows target, int at, int index) {
        float extreme = extreme();
        if (target.form.bits() == 4) {
            roundToNibbles(target, at, index, extreme);
            return;
        }
        float scale = Math.abs(extreme) / 127;
        target.scales[index] = scale;
        for (int i = 0; i < 32; i++) {
            int q = scale > 0 ? Math.round(floats[i] / scale) : 0;
            target.data[at + i] = (byte) (q + SYMMETRIC_ZERO);
        }
        zeroPoint(target, index, SYMMETRIC_ZERO);
    }

    /** why: 4 bits reach one step further below zero than above, which the number farthest from zero gets. */
    private void roundToNibbles(PackedRows target, int at, int index, float extreme) {
        float scale = extreme / -NIBBLE_ZERO;
        target.scales[index] = scale;
        for (int i = 0; i < 32; i++) {
            int q = scale == 0 ? NIBBLE_ZERO : Math.clamp(Math.round(floats[i] / scale) + NIBBLE_ZERO, 0, 15);
            int before = i % 2 == 0 ? 0 : target.data[at + i / 2];
            target.data[at + i / 2] = (byte) (before | (q << (i % 2 * 4)));
        }
    }

    /** Of the 32 numbers the one farthest from zero; NaN when one is not finite, which the check of the scales finds. */
    private float extreme() {
        float extreme = 0;
        for (float value : floats) {
            if (!Float.isFinite(value)) {
                return Float.NaN;
            }
            extreme = Math.abs(value) > Math.abs(extreme) ? value : extreme;
        }
        return extreme;
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
