package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;

/** Tensors that a session's runs read and write, by their names in the graph. They must outlive it. */
interface Binding extends AutoCloseable {

    void input(String name, MemorySegment tensor) throws OrtFailure;

    void output(String name, MemorySegment tensor) throws OrtFailure;

    /** @param options perhaps {@link MemorySegment#NULL} */
    void run(MemorySegment options) throws OrtFailure;

    @Override
    void close();
}
