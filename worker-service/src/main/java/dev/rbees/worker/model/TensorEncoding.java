package dev.rbees.worker.model;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a tensor's numbers are packed in a GGUF file: blocks of equal size along the innermost dimension. */
public enum TensorEncoding {
    F32(0, 1, 4),
    F16(1, 1, 2),
    BF16(30, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210);

    private static final Map<Integer, String> UNREADABLE = Map.ofEntries(Map.entry(9, "Q8_1"), Map.entry(15, "Q8_K"),
            Map.entry(16, "IQ2_XXS"),
            Map.entry(17, "IQ2_XS"), Map.entry(18, "IQ3_XXS"), Map.entry(19, "IQ1_S"), Map.entry(20, "IQ4_NL"),
            Map.entry(21, "IQ3_S"), Map.entry(22, "IQ2_S"), Map.entry(23, "IQ4_XS"), Map.entry(24, "I8"),
            Map.entry(25, "I16"), Map.entry(26, "I32"), Map.entry(27, "I64"), Map.entry(28, "F64"),
            Map.entry(29, "IQ1_M"), Map.entry(34, "TQ1_0"), Map.entry(35, "TQ2_0"), Map.entry(39, "MXFP4"));

    private final int id;
    private final int blockLength;
    private final int blockBytes;

    TensorEncoding(int id, int blockLength, int blockBytes) {
        this.id = id;
        this.blockLength = blockLength;
        this.blockBytes = blockBytes;
    }

    static Optional<TensorEncoding> of(int id) {
        return Arrays.stream(values()).filter(encoding -> encoding.id == id).findFirst();
    }

    /** What the number stands for in a message, also when we cannot read it. */
    static String nameOf(int id) {
        return of(id).map(Enum::name).orElse(UNREADABLE.getOrDefault(id, "unknown")) + " (type " + id + ")";
    }

    /** Every name, for messages. */
    static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }

    /** The number that stands for it in the file. */
    public int id() {
        return id;
    }

    /** Numbers per block. */
    public int blockLength() {
        return blockLength;
    }

    /** Bytes per block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** Bytes of so many numbers; {@code length} must be a multiple of the block. */
    public long bytes(long length) {
        return Math.multiplyExact(length / blockLength, (long) blockBytes);
    }
}
