package dev.rbees.worker.model;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.PartName;

/**
 * What stands at the beginning of one GGUF file (versions 2 and 3, little endian), checked: every tensor lies inside the file, on
 * its alignment, and overlaps no other.
 *
 * <p>
 * Source of the format: the GGUF specification of the ggml project.
 *
 * @param metadata of the file
 * @param tensors by name, in order
 */
record GgufHeader(Metadata metadata, Map<String, Tensor> tensors) {

    private static final int MAGIC = 0x46554747; // "GGUF", read little endian
    private static final int MAX_TENSORS = 65_536;
    private static final int MAX_DIMENSIONS = 4;
    private static final int MAX_NAME = 256;

    /** @throws RbeesException MODEL_LOAD_FAILED when it is damaged */
    static GgufHeader read(MemorySegment file) {
        if (file.byteSize() < 4 || new GgufCursor(file).i32() != MAGIC) {
            throw ModelFault.of("the model file is no GGUF file: it does not begin with the letters GGUF");
        }
        GgufCursor cursor = new GgufCursor(file);
        cursor.i32();
        int version = cursor.i32();
        if (version != 2 && version != 3) {
            throw ModelFault.of("the GGUF file has version "
                    + Integer.toUnsignedString(version) + "; rbees reads versions 2 and 3 in little-endian order");
        }
        long tensorCount = cursor.count("tensors", 24, MAX_TENSORS);
        Metadata metadata = Metadata.read(cursor);
        Map<String, Tensor> relative = readTensors(cursor, (int) tensorCount);
        long alignment = metadata.alignment();
        long dataStart = Math.ceilDiv(cursor.position(), alignment) * alignment;
        return new GgufHeader(metadata, place(relative, dataStart, alignment, file.byteSize()));
    }

    /** The tensors as the header lists them, their offsets still counted from the start of the data. */
    private static Map<String, Tensor> readTensors(GgufCursor cursor, int count) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            String name = cursor.string("a tensor's name", MAX_NAME);
            List<Long> shape = readShape(cursor, name);
            int type = cursor.i32();
            TensorEncoding encoding = TensorEncoding.of(type)
                    .orElseThrow(() -> ModelFault.of("the tensor " + name + " is packed as "
                            + TensorEncoding.nameOf(type)
                            + ", which this version of rbees cannot read; take a file with "
                            + TensorEncoding.names()));
            long offset = cursor.i64();
            if (tensors.put(name, new Tensor(name, encoding, shape, offset, bytes(name, shape, encoding))) != null) {
                throw GgufCursor.broken("the tensor " + name + " is listed twice");
            }
        }
        return tensors;
    }

    private static List<Long> readShape(GgufCursor cursor, String name) {
        int dimensions = cursor.i32();
        if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
            throw GgufCursor
                    .broken("the tensor " + name + " claims " + Integer.toUnsignedString(dimensions) + " dimensions");
        }
        List<Long> shape = new ArrayList<>();
        for (int d = 0; d < dimensions; d++) {
            long size = cursor.i64();
            if (size < 1 || size > Integer.MAX_VALUE) {
                throw GgufCursor.broken("the tensor " + name + " has a dimension of " + Long.toUnsignedString(size));
            }
            shape.add(size);
        }
        return shape;
    }

    private static long bytes(String name, List<Long> shape, TensorEncoding encoding) {
        try {
            long numbers = shape.stream().reduce(1L, Math::multiplyExact);
            if (shape.getFirst() % encoding.blockLength() != 0) {
                throw GgufCursor.broken("the rows of " + name + " are no multiple of its block length");
            }
            return encoding.bytes(numbers);
        } catch (ArithmeticException e) {
            throw GgufCursor.broken("the tensor " + name + " is larger than anything can be");
        }
    }

    /** Turns relative offsets into offsets of the file and checks that every tensor has its place to itself. */
    private static Map<String, Tensor> place(Map<String, Tensor> relative, long dataStart, long alignment, long fileSize) {
        Map<String, Tensor> placed = new LinkedHashMap<>();
        for (Tensor t : relative.values()) {
            long room = fileSize - dataStart;
            if (t.offset() < 0 || t.offset() % alignment != 0 || t.bytes() > room || t.offset() > room - t.bytes()) {
                throw GgufCursor.broken("the tensor " + t.name() + " does not lie inside the file (" + t.bytes()
                        + " bytes at " + Long.toUnsignedString(t.offset()) + ", file of " + fileSize + ")");
            }
            placed.put(t.name(), new Tensor(t.name(), t.encoding(), t.shape(), dataStart + t.offset(), t.bytes()));
        }
        List<Tensor> byOffset = new ArrayList<>(placed.values());
        byOffset.sort(Comparator.comparingLong(Tensor::offset));
        for (int i = 1; i < byOffset.size(); i++) {
            Tensor before = byOffset.get(i - 1);
            if (before.offset() + before.bytes() > byOffset.get(i).offset()) {
                throw GgufCursor.broken("the tensors " + before.name() + " and " + byOffset.get(i).name() + " overlap");
            }
        }
        return placed;
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when it says that it is another part of several, or one of another number */
    void requirePart(String fileName, int number, int parts) {
        long saidNumber = metadata.integer("split.no").orElse(0L) + 1;
        long saidParts = metadata.integer("split.count").filter(count -> count != 0).orElse(1L);
        if (saidNumber != number || saidParts != parts) {
            throw ModelFault.of("the model file " + fileName + " says that it is part " + saidNumber + " of " + saidParts
                    + "; parts must keep their names, such as " + PartName.EXAMPLE + ", and lie in one folder");
        }
    }
}
