package dev.rbees.worker.model;

import java.util.Arrays;
import java.util.List;

/**
 * A tensor of a model file.
 *
 * @param name unique in the file
 * @param encoding how its numbers are packed
 * @param shape as GGUF has it: the innermost (contiguous) dimension first
 * @param offset of its first byte in the file
 * @param bytes its size in the file
 */
public record Tensor(String name, TensorEncoding encoding, List<Long> shape, long offset, long bytes) {

    public Tensor {
        shape = List.copyOf(shape);
    }

    /** Numbers in a row: the innermost dimension. */
    public int columns() {
        return Math.toIntExact(shape.getFirst());
    }

    /** All dimensions but the innermost, multiplied. */
    public int rows() {
        return Math.toIntExact(shape.stream().skip(1).reduce(1L, Math::multiplyExact));
    }

    /** Bytes of one row. */
    public int rowBytes() {
        return Math.toIntExact(encoding.bytes(columns()));
    }

    /** Whether it has these dimensions, innermost first; missing outer ones count as 1. */
    public boolean hasShape(long... expected) {
        long[] actual = new long[Math.max(expected.length, shape.size())];
        Arrays.fill(actual, 1);
        for (int i = 0; i < shape.size(); i++) {
            actual[i] = shape.get(i);
        }
        long[] padded = Arrays.copyOf(expected, actual.length);
        Arrays.fill(padded, expected.length, padded.length, 1);
        return Arrays.equals(actual, padded);
    }
}
