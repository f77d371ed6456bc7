package dev.rbees.worker.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

import dev.rbees.worker.graph.DecoderNames;
import dev.rbees.worker.model.DecoderShape;

/**
 * The keys and values of all slots: for each layer two buffers float32[slots, kvHeads, positions, headSize], which the graph
 * reads and writes in place.
 */
final class KvCache implements AutoCloseable {

    /** The tensors of neighbouring slots: what the graph gets, and, over the same memory, what it gives. */
    record View(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {}

    private record Range(int firstSlot, int count) {}

    private final OrtEnvironment environment;
    private final DecoderShape shape;
    private final int slots;
    private final int positions;
    private final NativeMemory memory = new NativeMemory();
    private final List<ByteBuffer> keys = new ArrayList<>();
    private final List<ByteBuffer> values = new ArrayList<>();
    private final Map<Range, View> views = new HashMap<>();

    KvCache(OrtEnvironment environment, DecoderShape shape, int slots, int positions) {
        this.environment = environment;
        this.shape = shape;
        this.slots = slots;
        this.positions = positions;
        for (int layer = 0; layer < shape.layers(); layer++) {
            keys.add(memory.allocate(slots * slotBytes()));
            values.add(memory.allocate(slots * slotBytes()));
        }
    }

    /** Bytes of one slot in one buffer. */
    private long slotBytes() {
        return (long) shape.kvHeads() * positions * shape.headSize() * Float.BYTES;
    }

    int positions() {
        return positions;
    }

    long bytes() {
        return (long) slots * positions * shape.kvBytesPerPosition();
    }

    /** The tensors of {@code count} slots from {@code firstSlot} on; made once and kept. */
    View view(int firstSlot, int count) throws OrtException {
        Range range = new Range(firstSlot, count);
        View view = views.get(range);
        if (view == null) {
            view = makeView(range);
            views.put(range, view);
        }
        return view;
    }

    private View makeView(Range range) throws OrtException {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        Map<String, OnnxTensor> outputs = new HashMap<>();
        for (int layer = 0; layer < shape.layers(); layer++) {
            OnnxTensor key = tensor(keys.get(layer), range);
            OnnxTensor value = tensor(values.get(layer), range);
            inputs.put(DecoderNames.pastKey(layer), key);
            inputs.put(DecoderNames.pastValue(layer), value);
            outputs.put(DecoderNames.presentKey(layer), key);
            outputs.put(DecoderNames.presentValue(layer), value);
        }
        return new View(inputs, outputs);
    }

    private OnnxTensor tensor(ByteBuffer buffer, Range range) throws OrtException {
        int start = Math.toIntExact(range.firstSlot() * slotBytes());
        ByteBuffer slice = buffer.slice(start, Math.toIntExact(range.count() * slotBytes())).order(ByteOrder.nativeOrder());
        long[] dimensions = {range.count(), shape.kvHeads(), positions, shape.headSize()};
        return OnnxTensor.createTensor(environment, slice, dimensions, OnnxJavaType.FLOAT);
    }

    @Override
    public void close() {
        views.values().forEach(view -> view.inputs().values().forEach(OnnxTensor::close));
        memory.close();
    }
}
