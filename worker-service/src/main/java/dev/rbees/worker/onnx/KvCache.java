package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.DecoderNames;
import dev.rbees.worker.graph.ElementType;
import dev.rbees.worker.model.DecoderShape;

/**
 * The keys and values of all slots: for each layer two buffers float32[slots, kvHeads, positions, headSize], which the graph
 * reads and writes in place.
 */
final class KvCache implements AutoCloseable {

    /** The tensors of neighbouring slots, by layer: input and output at once. */
    record View(List<MemorySegment> keys, List<MemorySegment> values) {

        void bind(OrtApi api, MemorySegment binding) throws OrtFailure {
            for (int layer = 0; layer < keys.size(); layer++) {
                api.bindInput(binding, DecoderNames.pastKey(layer), keys.get(layer));
                api.bindOutput(binding, DecoderNames.presentKey(layer), keys.get(layer));
                api.bindInput(binding, DecoderNames.pastValue(layer), values.get(layer));
                api.bindOutput(binding, DecoderNames.presentValue(layer), values.get(layer));
            }
        }
    }

    private record Range(int firstSlot, int count) {}

    private final OnnxRuntime runtime;
    private final DecoderShape shape;
    private final int slots;
    private final int positions;
    private final NativeMemory memory = new NativeMemory();
    private final List<MemorySegment> keys = new ArrayList<>();
    private final List<MemorySegment> values = new ArrayList<>();
    private final Map<Range, View> views = new HashMap<>();

    /** @throws RbeesException INSUFFICIENT_VRAM when the machine has not that much memory */
    KvCache(OnnxRuntime runtime, DecoderShape shape, int slots, int positions) {
        this.runtime = runtime;
        this.shape = shape;
        this.slots = slots;
        this.positions = positions;
        try {
            for (int layer = 0; layer < shape.layers(); layer++) {
                keys.add(memory.allocate(slots * slotBytes()));
                values.add(memory.allocate(slots * slotBytes()));
            }
        } catch (RbeesException e) {
            memory.close();
            throw e;
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

    /** The tensors of {@code count} slots from {@code firstSlot} on; made once and kept. For several threads. */
    synchronized View view(int firstSlot, int count) throws OrtFailure {
        Range range = new Range(firstSlot, count);
        View view = views.get(range);
        if (view == null) {
            view = new View(tensors(keys, range), tensors(values, range));
            views.put(range, view);
        }
        return view;
    }

    private List<MemorySegment> tensors(List<MemorySegment> buffers, Range range) throws OrtFailure {
        List<MemorySegment> tensors = new ArrayList<>();
        for (MemorySegment buffer : buffers) {
            MemorySegment slice = buffer.asSlice(range.firstSlot() * slotBytes(), range.count() * slotBytes());
            tensors.add(runtime.createTensor(slice, ElementType.FLOAT, range.count(), shape.kvHeads(), positions,
                    shape.headSize()));
        }
        return tensors;
    }

    @Override
    public void close() {
        for (View view : views.values()) {
            view.keys().forEach(runtime.api()::releaseTensor);
            view.values().forEach(runtime.api()::releaseTensor);
        }
        memory.close();
    }
}
