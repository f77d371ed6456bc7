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
    /** As INT4, and each block has a number that is added to all its weights. */
    INT4_WITH_OFFSETS(4, 32, false),
    /** 8 bits, blocks of 32, zero point 128. */
    INT8(8, 32, false),
    /** 8 bits, blocks of 32, each with its own zero point. */
    INT8_AFFINE(8, 32, true),
    /** 8 bits, blocks of 16, zero point 128. */
    INT8_SMALL_BLOCKS(8, 16, false),
    /** 8 bits, blocks of 16, each with its own zero point. */
    INT8_SMALL_AFFINE(8, 16, true),
    /** Plain 32-bit numbers without blocks. */
    FLOAT(32, 1, false);

    private final int bits;
    private final int blockLength;
    private final boolean zeroPoints;

    WeightForm(int bits, int blockLength, boolean zeroPoints) {
        this.bits = bits;
        this.blockLength = blockLength;
        this.zeroPoints = zeroPoints;
    }

    /** The form that loses nothing, or next to nothing, and is fast, as far as the options leave a choice. */
    static WeightForm of(Tensor tensor, ImportOptions options) {
        return switch (tensor.encoding()) {
            case Q4_0 -> INT4;
            case Q5_0, Q8_0 -> INT8;
            case Q4_1, Q4_K -> options.compact() ? INT4_WITH_OFFSETS : INT8_AFFINE;
            case Q5_1, Q5_K -> INT8_AFFINE;
            case Q3_K, Q6_K -> INT8_SMALL_BLOCKS;
            case Q2_K -> INT8_SMALL_AFFINE;
            // why: rows that are no multiple of a block cannot be cut into blocks
            case F32, F16, BF16 -> tensor.columns() % INT8.blockLength != 0 ? FLOAT : switch (options.plain()) {
                case INT8 -> INT8;
                case INT4 -> INT4;
                case FLOAT32 -> FLOAT;
            };
        };
    }

    /** One form for matrices that are to be multiplied as one, if there is one that loses nothing. */
    static Optional<WeightForm> common(Collection<WeightForm> forms) {
        EnumSet<WeightForm> different = EnumSet.copyOf(forms);
        if (different.size() == 1) {
            return Optional.of(different.iterator().next());
        }
        if (different.equals(EnumSet.of(INT8_SMALL_BLOCKS, INT8_SMALL_AFFINE))) {
            return Optional.of(INT8_SMALL_AFFINE);
        }
        return different.equals(EnumSet.of(INT8, INT8_AFFINE)) ? Optional.of(INT8_AFFINE) : Optional.empty();
    }

    /** The form for embedding and head, which are looked up as well as multiplied with: a lookup knows no offsets. */
    WeightForm withoutOffsets() {
        return hasOffsets() ? INT8_AFFINE : this;
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

    public boolean hasOffsets() {
        return this == INT4_WITH_OFFSETS;
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
