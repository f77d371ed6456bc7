package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalLong;

import dev.rbees.api.worker.Backend;
import dev.rbees.worker.graph.ElementType;

/** Treats the CPU like a card: the session allocates the cache, and every run names its tensors. */
class CpuAsDevice extends Device {

    private final ElementType cacheType;
    Optional<String> problem = Optional.empty();

    CpuAsDevice(ElementType cacheType) {
        super(Backend.CUDA);
        this.cacheType = cacheType;
    }

    @Override
    public OptionalLong freeBytes() {
        return OptionalLong.empty();
    }

    @Override
    boolean exact() {
        return false;
    }

    @Override
    Optional<String> problem() {
        return problem;
    }

    @Override
    ElementType cacheType() {
        return cacheType;
    }

    @Override
    void choose(OnnxRuntime runtime, MemorySegment options) throws OrtFailure {
        runtime.options().entry(options, OrtPlacement.RECORD, "1");
    }

    @Override
    void confirm(OnnxRuntime runtime, MemorySegment session) throws OrtFailure {
        Placement placement = Placement.of(runtime, session, "CPU");
        placement.requireSome(backend());
        placement.requireAll(backend(), "GroupQueryAttention");
    }

    @Override
    CacheMemory memory(OnnxRuntime runtime, MemorySegment session) throws OrtFailure {
        return new SessionMemory(runtime, session, "Cpu", 0, place -> place.fill((byte) 0));
    }

    @Override
    Binding binding(OnnxRuntime runtime, MemorySegment session) {
        return new NamedBinding(runtime.api(), session);
    }
}
