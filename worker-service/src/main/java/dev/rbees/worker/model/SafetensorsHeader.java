package dev.rbees.worker.model;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.rbees.api.error.RbeesException;

/**
 * Reads the header of a safetensors file: every tensor lies inside the file and overlaps no other.
 *
 * <p>
 * Source of the format: the safetensors specification.
 */
final class SafetensorsHeader {

    private static final int MAX_HEADER = 100_000_000;
    private static final int MAX_DIMENSIONS = 4;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).maxNumberLength(20)
                    .maxNameLength(1024).maxStringLength(1 << 20).maxDocumentLength(MAX_HEADER).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build()).build();

    private final String fileName;
    private final MemorySegment file;

    SafetensorsHeader(String fileName, MemorySegment file) {
        this.fileName = fileName;
        this.file = file;
    }

    /** The tensors under the names that the file has for them. */
    List<Tensor> read() {
        long length = file.byteSize() < 8 ? -1 : file.get(LONG, 0);
        if (length < 2 || length > MAX_HEADER || length > file.byteSize() - 8) {
            throw broken("its header cannot be " + Long.toUnsignedString(length) + " bytes long");
        }
        JsonNode header = parse(file.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE));
        long dataStart = 8 + length;
        List<Tensor> tensors = new ArrayList<>();
        for (var property : header.properties()) {
            if (!property.getKey().equals("__metadata__")) {
                tensors.add(tensor(property.getKey(), property.getValue(), dataStart));
            }
        }
        checkOverlaps(tensors);
        return tensors;
    }

    private JsonNode parse(byte[] json) {
        try {
            JsonNode header = MAPPER.readTree(json);
            if (!header.isObject()) {
                throw broken("its header is no JSON object");
            }
            return header;
        } catch (JacksonException e) {
            throw ModelFault.of("the file " + fileName + " is damaged: its header is no JSON", e);
        }
    }

    private Tensor tensor(String name, JsonNode entry, long dataStart) {
        TensorEncoding encoding = encoding(name, entry.path("dtype").asString(""));
        List<Long> shape = shape(name, entry.path("shape"));
        JsonNode offsets = entry.path("data_offsets");
        if (offsets.size() != 2 || !offsets.get(0).canConvertToLong() || !offsets.get(1).canConvertToLong()) {
            throw broken("the tensor " + name + " has no place");
        }
        long begin = offsets.get(0).asLong();
        long end = offsets.get(1).asLong();
        long room = file.byteSize() - dataStart;
        if (begin < 0 || end < begin || end > room || end - begin != bytes(name, shape, encoding)) {
            throw broken("the tensor " + name + " does not lie inside the file, or is not as long as its shape says");
        }
        return new Tensor(name, encoding, shape, dataStart + begin, end - begin);
    }

    private TensorEncoding encoding(String name, String type) {
        return switch (type) {
            case "F32" -> TensorEncoding.F32;
            case "F16" -> TensorEncoding.F16;
            case "BF16" -> TensorEncoding.BF16;
            default -> throw ModelFault.of("the tensor " + name + " in " + fileName
                    + " has numbers of the type " + type + "; rbees reads F32, F16 and BF16 (take a GGUF file of a model"
                    + " that is quantised)");
        };
    }

    /** Innermost first; the file has it the other way round. */
    private List<Long> shape(String name, JsonNode shape) {
        if (!shape.isArray() || shape.isEmpty() || shape.size() > MAX_DIMENSIONS) {
            throw broken("the tensor " + name + " has no shape of 1 to " + MAX_DIMENSIONS + " dimensions");
        }
        List<Long> dimensions = new ArrayList<>();
        for (JsonNode size : shape) {
            if (!size.isIntegralNumber() || !size.canConvertToInt() || size.asInt() < 1) {
                throw broken("the tensor " + name + " has an impossible dimension");
            }
            dimensions.addFirst(size.asLong());
        }
        return dimensions;
    }

    private long bytes(String name, List<Long> shape, TensorEncoding encoding) {
        try {
            return encoding.bytes(shape.stream().reduce(1L, Math::multiplyExact));
        } catch (ArithmeticException e) {
            throw broken("the tensor " + name + " is larger than anything can be");
        }
    }

    private void checkOverlaps(List<Tensor> tensors) {
        List<Tensor> byOffset = tensors.stream().sorted(Comparator.comparingLong(Tensor::offset)).toList();
        for (int i = 1; i < byOffset.size(); i++) {
            Tensor before = byOffset.get(i - 1);
            if (before.offset() + before.bytes() > byOffset.get(i).offset()) {
                throw broken("the tensors " + before.name() + " and " + byOffset.get(i).name() + " overlap");
            }
        }
    }

    private RbeesException broken(String reason) {
        return ModelFault.of("the file " + fileName + " is damaged: " + reason
                + "; download or copy it again");
    }
}
