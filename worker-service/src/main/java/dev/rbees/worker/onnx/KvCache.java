package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.DecoderNames;
import dev.rbees.worker.model.DecoderShape;

/**
 * The keys and values of all slots: for each layer two buffers [slots, kvHeads, positions, headSize], of float32 or, on a
 * device, of float16, which the graph reads and writes in place.
 */
final class KvCache implements AutoCloseable {

    /**
     * The tensors of neighbouring slots, by layer: input and output at once.
     *
     * @param kept whether the cache keeps it; otherwise it is its user's to release
     */
    record View(List<MemorySegment> keys, List<MemorySegment> values, boolean kept) {

        void bind(Binding binding) throws OrtFailure {
            for (int layer = 0; layer < keys.size(); layer++) {
                binding.input(DecoderNames.pastKey(layer), keys.get(layer));
                binding.output(DecoderNames.presentKey(layer), keys.get(layer));
                binding.input(DecoderNames.pastValue(layer), values.get(layer));
                binding.output(DecoderNames.presentValue(layer), values.get(layer));
            }
        }

        /** Its user needs it no more. */
        void done(OrtApi api) {
            if (!kept) {
                release(api);
            }
        }

        private void release(OrtApi api) {
            keys.forEach(api::releaseTensor);
            values.forEach(api::releaseTensor);
        }
    }

    private final OrtApi api;
    private final CacheMemory memory;
    private final Device device;
    private final DecoderShape shape;
    private final int slots;
    private final int positions;
    private final List<MemorySegment> keys = new ArrayList<>();
    private final List<MemorySegment> values = new ArrayList<>();
    /** Those of single slots, which prompts are fed to. */
    @GuardedBy("this")
    private final Map<Integer, View> views = new HashMap<>();

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

    int slots() {
        return slots;
    }

    int positions() {
        return positions;
    }

    long bytes() {
        return slots * device.slotBytes(shape, positions);
    }

    /**
     * The tensors of {@code count} slots from {@code firstSlot} on; the user says when it is {@link View#done} with them. For several
     * threads.
     *
     * <p>
     * why: only those of single slots are kept, because of ranges there are as many as the square of the slots.
     */
    synchronized View view(int firstSlot, int count) throws OrtFailure {
        if (count > 1) {
            return make(firstSlot, count, false);
        }
        View view = views.get(firstSlot);
        if (view == null) {
            view = make(firstSlot, 1, true);
            views.put(firstSlot, view);
        }
        return view;
    }

    private View make(int firstSlot, int count, boolean kept) throws OrtFailure {
        View view = new View(new ArrayList<>(), new ArrayList<>(), kept);
        try {
            addTensors(view.keys(), keys, firstSlot, count);
            addTensors(view.values(), values, firstSlot, count);
            return view;
        } catch (OrtFailure | RuntimeException e) {
            view.release(api);
            throw e;
        }
    }

    private void addTensors(List<MemorySegment> tensors, List<MemorySegment> buffers, int firstSlot, int count)
            throws OrtFailure {
        for (MemorySegment buffer : buffers) {
            MemorySegment slice = buffer.asSlice(firstSlot * slotBytes(), count * slotBytes());
            tensors.add(memory.tensor(slice, device.cacheType(), count, shape.kvHeads(), positions, shape.headSize()));
        }
    }

    /** Frees it; no run may be under way. */
    @Override
    public synchronized void close() {
        views.values().forEach(view -> view.release(api));
        memory.close();
    }
}
