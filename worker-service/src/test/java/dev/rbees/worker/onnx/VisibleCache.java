package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import dev.rbees.api.worker.Backend;
import dev.rbees.worker.graph.ElementType;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

/** The CPU, with a cache that a test can read. */
final class VisibleCache extends Device {

    /** Keys and values of each layer in turn, each [slots, kvHeads, positions, headSize]. */
    private final List<MemorySegment> buffers = new ArrayList<>();

    VisibleCache() {
        super(Backend.CPU);
    }

    List<float[]> contents() {
        return buffers.stream().map(buffer -> buffer.toArray(JAVA_FLOAT)).toList();
    }

    @Override
    public OptionalLong freeBytes() {
        return OptionalLong.empty();
    }

    @Override
    boolean exact() {
        return true;
    }

    @Override
    Optional<String> problem() {
        return Optional.empty();
    }

    @Override
    ElementType cacheType() {
        return ElementType.FLOAT;
    }

    @Override
    void choose(OnnxRuntime runtime, MemorySegment options) {
        // the CPU is the runtime's choice
    }

    @Override
    void confirm(OnnxRuntime runtime, MemorySegment session) {
        // there is nothing else
    }

    @Override
    CacheMemory memory(OnnxRuntime runtime, MemorySegment session) {
        HostMemory memory = new HostMemory(runtime);
        return new CacheMemory() {
            @Override
            public MemorySegment allocate(ElementType type, long... dimensions) {
                MemorySegment buffer = memory.allocate(type, dimensions);
                buffers.add(buffer);
                return buffer;
            }

            @Override
            public MemorySegment tensor(MemorySegment part, ElementType type, long... dimensions) throws OrtFailure {
                return memory.tensor(part, type, dimensions);
            }

            @Override
            public void close() {
                memory.close();
            }
        };
    }

    @Override
    Binding binding(OnnxRuntime runtime, MemorySegment session) throws OrtFailure {
        return new StandingBinding(runtime.api(), session);
    }
}
