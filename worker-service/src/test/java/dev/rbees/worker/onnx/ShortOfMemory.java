package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

import dev.rbees.worker.graph.ElementType;

/** A device whose memory runs out in some runs. */
final class ShortOfMemory extends CpuAsDevice {

    /** The run, counted from now, that finds no memory; 0 for none. */
    final AtomicInteger failing = new AtomicInteger();

    ShortOfMemory() {
        super(ElementType.FLOAT);
    }

    @Override
    Binding binding(OnnxRuntime runtime, MemorySegment session) {
        NamedBinding binding = new NamedBinding(runtime.api(), session);
        return new Binding() {
            @Override
            public void input(String name, MemorySegment tensor) {
                binding.input(name, tensor);
            }

            @Override
            public void output(String name, MemorySegment tensor) {
                binding.output(name, tensor);
            }

            @Override
            public void run(MemorySegment options) throws OrtFailure {
                if (failing.get() > 0 && failing.decrementAndGet() == 0) {
                    throw new OrtFailure("Failed to allocate memory for requested buffer of size 4294967296");
                }
                binding.run(options);
            }

            @Override
            public void close() {
                binding.close();
            }
        };
    }
}
