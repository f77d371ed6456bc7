package dev.rbees.worker.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * Memory outside the heap that the operating system provides page by page as it is touched, so that a large KV cache costs
 * only what its contents need. An {@link Arena} would write zeros into all of it at once.
 */
final class NativeMemory implements AutoCloseable {

    private static final MethodHandle CALLOC = CLibrary.function("calloc",
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE = CLibrary.function("free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    private final Arena arena = Arena.ofShared();

    /** Zeroed bytes, freed when this is closed. */
    @SuppressWarnings("restricted")
    MemorySegment allocate(long bytes) {
        try {
            MemorySegment address = (MemorySegment) CALLOC.invokeExact(1L, bytes);
            if (address.equals(MemorySegment.NULL)) {
                throw new RbeesException(ErrorCode.INSUFFICIENT_VRAM, "the machine has no " + bytes
                        + " bytes of memory for the KV cache; lower --slots or --context-length");
            }
            return address.reinterpret(bytes, arena, NativeMemory::free);
        } catch (RbeesException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("calloc", e);
        }
    }

    private static void free(MemorySegment address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw new IllegalStateException("free", e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
