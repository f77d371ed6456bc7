package dev.rbees.worker.graph;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;

import dev.rbees.worker.model.Tensor;

/**
 * How a matrix lies in the weights file: rows of blocks, each block with a scale. What a stored number q stands for:
 * {@code (q − zero point) · scale}.
 */
public enum WeightForm {
    /** 4 bits, blocks of 32, zero point 8. */
    INT4(4, 32, false),
    /** 8 bits, blocks of 32, zero point 128. */
    INT8(8, 32, false),
    /** 8 bits, blocks of 32, each with its own zero point. */
    INT8_AFFINE(8, 32, true),
    /** 8 bits, blocks of 16, zero point 128. */
    INT8_SMALL_BLOCKS(8, 16, false),
    /** Plain 32-bit numbers without blocks: for matrices whose rows are no multiple of 32. */
    FLOAT(32, 1, false);

    private final int bits;
    private final int blockLength;
    private final boolean zeroPoints;

    WeightForm(int bits, int blockLength, boolean zeroPoints) {
        this.bits = bits;
        this.blockLength = blockLength;
        this.zeroPoints = zeroPoints;
    }

    /** The form that loses nothing, or next to nothing, and is fast. */
    static WeightForm of(Tensor tensor) {
        return switch (tensor.encoding()) {
            case Q4_0 -> INT4;
            case Q5_0, Q8_0 -> INT8;
            case Q4_1, Q5_1, Q4_K -> INT8_AFFINE;
            case Q6_K -> INT8_SMALL_BLOCKS;
            case F32, F16, BF16 -> tensor.columns() % INT8.blockLength == 0 ? INT8 : FLOAT;
        };
    }

    /** One form for matrices that are to be multiplied as one, if there is one that loses nothing. */
    static Optional<WeightForm> common(Collection<WeightForm> forms) {
        EnumSet<WeightForm> different = EnumSet.copyOf(forms);
        if (different.size() == 1) {
            return Optional.of(different.iterator().next());
        }
        return different.equals(EnumSet.of(INT8, INT8_AFFINE)) ? Optional.of(INT8_AFFINE) : Optional.empty();
    }

    public int bits() {
        return bits;
    }

    public int blockLength() {
        return blockLength;
    }

    public boolean hasZeroPoints() {
        return zeroPoints;
    }

    public boolean isFloat() {
        return this == FLOAT;
    }

    /** Bytes of a row's numbers. */
    int dataBytes(int columns) {
        return Math.toIntExact((long) columns * bits / 8);
    }

    /** Blocks, and so scales and zero points, of a row; none for plain numbers. */
    int blocks(int columns) {
        return isFloat() ? 0 : columns / blockLength;
    }
}
