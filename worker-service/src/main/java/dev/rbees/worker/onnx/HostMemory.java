package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;

import dev.rbees.worker.graph.ElementType;

/** Memory of this process, which costs only what its contents need. */
final class HostMemory implements CacheMemory {

    private final OnnxRuntime runtime;
    private final NativeMemory memory = new NativeMemory();

    HostMemory(OnnxRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public MemorySegment allocate(ElementType type, long... dimensions) {
        return memory.allocate(CacheMemory.bytes(type, dimensions));
    }

    @Override
    public MemorySegment tensor(MemorySegment part, ElementType type, long... dimensions) throws OrtFailure {
        return runtime.createTensor(part, type, dimensions);
    }

    @Override
    public void close() {
        memory.close();
    }
}
