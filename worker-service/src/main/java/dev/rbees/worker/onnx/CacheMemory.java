package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.ElementType;

/** Memory for the KV cache. Closing it frees all of it; no tensor over it may be in use then. */
interface CacheMemory extends AutoCloseable {

    /**
     * Memory full of zeros.
     *
     * @return its place; of no use to this process when it lies on a device
     * @throws RbeesException INSUFFICIENT_VRAM when there is not that much
     */
    MemorySegment allocate(ElementType type, long... dimensions) throws OrtFailure;

    /** A tensor over a part of what was allocated; it is the caller's to release. */
    MemorySegment tensor(MemorySegment part, ElementType type, long... dimensions) throws OrtFailure;

    @Override
    void close();

    static long bytes(ElementType type, long... dimensions) {
        long bytes = type.bytes();
        for (long dimension : dimensions) {
            bytes = Math.multiplyExact(bytes, dimension);
        }
        return bytes;
    }
}
