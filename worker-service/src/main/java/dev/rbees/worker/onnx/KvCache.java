package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.DecoderNames;
import dev.rbees.worker.model.DecoderShape;

/**
 * The keys and values of all slots: for each layer two buffers [slots, kvHeads, positions, headSize], of float32 or, on a
 * device, of float16, which the graph reads and writes in place.
 */
final class KvCache implements AutoCloseable {

    /** The tensors of neighbouring slots, by layer: input and output at once. */
    record View(List<MemorySegment> keys, List<MemorySegment> values) {

        void bind(Binding binding) throws OrtFailure {
            for (int layer = 0; layer < keys.size(); layer++) {
                binding.input(DecoderNames.pastKey(layer), keys.get(layer));
                binding.output(DecoderNames.presentKey(layer), keys.get(layer));
                binding.input(DecoderNames.pastValue(layer), values.get(layer));
                binding.output(DecoderNames.presentValue(layer), values.get(layer));
            }
        }

        void release(OrtApi api) {
            keys.forEach(api::releaseTensor);
            values.forEach(api::releaseTensor);
        }
    }

    private record Range(int firstSlot, int count) {}

    private final OrtApi api;
    private final CacheMemory memory;
    private final Device device;
    private final DecoderShape shape;
    private final int slots;
    private final int positions;
    private final List<MemorySegment> keys = new ArrayList<>();
    private final List<MemorySegment> values = new ArrayList<>();
    private final Map<Range, View> views = new HashMap<>();

    private KvCache(OrtApi api, CacheMemory memory, Device device, DecoderShape shape, int slots, int positions) {
        this.api = api;
        this.memory = memory;
        this.device = device;
        this.shape = shape;
        this.slots = slots;
        this.positions = positions;
    }

    /**
     * @param session which must outlive it
     * @throws RbeesException INSUFFICIENT_VRAM when the device has not that much memory
     */
    static KvCache open(OnnxRuntime runtime, MemorySegment session, Device device, DecoderShape shape, int slots,
            int positions) throws OrtFailure {
        KvCache cache = new KvCache(runtime.api(), device.memory(runtime, session), device, shape, slots, positions);
        try {
            for (int layer = 0; layer < shape.layers(); layer++) {
                cache.keys.add(cache.buffer());
                cache.values.add(cache.buffer());
            }
            return cache;
        } catch (OrtFailure | RuntimeException e) {
            cache.close();
            throw e;
        }
    }

    private MemorySegment buffer() throws OrtFailure {
        return memory.allocate(device.cacheType(), slots, shape.kvHeads(), positions, shape.headSize());
    }

    /** Bytes of one slot in one buffer. */
    private long slotBytes() {
        return CacheMemory.bytes(device.cacheType(), shape.kvHeads(), positions, shape.headSize());
    }

    int positions() {
        return positions;
    }

    long bytes() {
        return slots * device.slotBytes(shape, positions);
    }

    /** The tensors of {@code count} slots from {@code firstSlot} on; made once and kept. For several threads. */
    synchronized View view(int firstSlot, int count) throws OrtFailure {
        Range range = new Range(firstSlot, count);
        View view = views.get(range);
        if (view == null) {
            view = new View(new ArrayList<>(), new ArrayList<>());
            try {
                addTensors(view.keys(), keys, range);
                addTensors(view.values(), values, range);
            } catch (OrtFailure | RuntimeException e) {
                view.release(api);
                throw e;
            }
            views.put(range, view);
        }
        return view;
    }

    private void addTensors(List<MemorySegment> tensors, List<MemorySegment> buffers, Range range) throws OrtFailure {
        for (MemorySegment buffer : buffers) {
            MemorySegment slice = buffer.asSlice(range.firstSlot() * slotBytes(), range.count() * slotBytes());
            tensors.add(memory.tensor(slice, device.cacheType(), range.count(), shape.kvHeads(), positions,
                    shape.headSize()));
        }
    }

    @Override
    public void close() {
        views.values().forEach(view -> view.release(api));
        memory.close();
    }
}
