package dev.rbees.worker.graph;

/**
 * Rows of a matrix in a {@link WeightForm}, on their way to the weights file. Not for several threads.
 */
final class PackedRows {

    final WeightForm form;
    final int columns;
    /** Numbers of all rows, one after the other. */
    final byte[] data;
    /** One for each block, row after row. */
    final float[] scales;
    /** One for each block when the form has them, else empty. */
    final byte[] zeroPoints;
    /** One for each block when the form has them, else empty. */
    final float[] offsets;

    PackedRows(WeightForm form, int rows, int columns) {
        this.form = form;
        this.columns = columns;
        data = new byte[rows * form.dataBytes(columns)];
        scales = new float[rows * form.blocks(columns)];
        zeroPoints = new byte[form.hasZeroPoints() ? scales.length : 0];
        offsets = new float[form.hasOffsets() ? scales.length : 0];
    }

    /** Where the numbers of a row begin in {@link #data}. */
    int dataStart(int row) {
        return row * form.dataBytes(columns);
    }

    /** Where the blocks of a row begin in {@link #scales}, {@link #zeroPoints} and {@link #offsets}. */
    int blockStart(int row) {
        return row * form.blocks(columns);
    }
}
