package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.ElementType;

/** Memory that a session allocates where it computes. */
final class SessionMemory implements CacheMemory {

    private final OnnxRuntime runtime;
    private final Zeros zeros;
    private final MemorySegment info;
    private final MemorySegment allocator;
    private final List<MemorySegment> tensors = new ArrayList<>();

    /** Fills memory of the device with zeros. */
    @FunctionalInterface
    interface Zeros {
        void fill(MemorySegment place) throws OrtFailure;
    }

    /**
     * @param kind the runtime's name of the memory: {@code Cpu}, {@code Cuda}
     * @param number of the device, from 0
     */
    SessionMemory(OnnxRuntime runtime, MemorySegment session, String kind, int number, Zeros zeros) throws OrtFailure {
        this.runtime = runtime;
        this.zeros = zeros;
        info = runtime.memory().createInfo(kind, number);
        try {
            allocator = runtime.memory().createAllocator(session, info);
        } catch (OrtFailure e) {
            runtime.memory().releaseInfo(info);
            throw e;
        }
    }

    @Override
    @SuppressWarnings("restricted")
    public MemorySegment allocate(ElementType type, long... dimensions) throws OrtFailure {
        long bytes = CacheMemory.bytes(type, dimensions);
        MemorySegment tensor;
        try {
            tensor = runtime.memory().createTensor(allocator, type.id(), dimensions);
        } catch (OrtFailure e) {
            if (e.isOutOfMemory()) {
                throw new RbeesException(ErrorCode.INSUFFICIENT_VRAM, "the device has no " + bytes
                        + " bytes of memory for the KV cache; lower --slots or --context-length", e);
            }
            throw e;
        }
        tensors.add(tensor);
        MemorySegment place = runtime.memory().data(tensor).reinterpret(bytes);
        // why: what an earlier program left there may be no numbers, and would stay so when weighted with nothing
        zeros.fill(place);
        return place;
    }

    @Override
    public MemorySegment tensor(MemorySegment part, ElementType type, long... dimensions) throws OrtFailure {
        return runtime.api().createTensor(info, part, type.id(), dimensions);
    }

    @Override
    public void close() {
        tensors.forEach(runtime.api()::releaseTensor);
        runtime.memory().releaseAllocator(allocator);
        runtime.memory().releaseInfo(info);
    }
}
