package dev.rbees.worker.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/** NVIDIA's runtime library. */
final class CudaLibrary {

    private final MethodHandle getDeviceCount;
    private final MethodHandle setDevice;
    private final MethodHandle memGetInfo;
    private final MethodHandle memset;
    private final MethodHandle synchronize;
    private final MethodHandle getErrorString;

    private CudaLibrary(SymbolLookup runtime) {
        getDeviceCount = function(runtime, "cudaGetDeviceCount", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        setDevice = function(runtime, "cudaSetDevice", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        memGetInfo = function(runtime, "cudaMemGetInfo", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
        memset = function(runtime, "cudaMemset", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG));
        synchronize = function(runtime, "cudaDeviceSynchronize", FunctionDescriptor.of(JAVA_INT));
        getErrorString = function(runtime, "cudaGetErrorString", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(SymbolLookup library, String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
    }

    /** @throws dev.rbees.api.error.RbeesException MODEL_LOAD_FAILED, naming the first library that is missing */
    static CudaLibrary load(CudaSet libraries) {
        return new CudaLibrary(libraries.loadAll());
    }

    /** Number of cards; fails when there is none, or the driver does not work. */
    int devices() throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            check((int) getDeviceCount.invokeExact(count));
            return count.get(JAVA_INT, 0);
        } catch (OrtFailure e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cudaGetDeviceCount", e);
        }
    }

    /** Bytes of a card's memory that are free; fails when the card does not work any more. */
    long freeBytes(int device) throws OrtFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(JAVA_LONG);
            MemorySegment total = arena.allocate(JAVA_LONG);
            check((int) setDevice.invokeExact(device));
            check((int) memGetInfo.invokeExact(free, total));
            return free.get(JAVA_LONG, 0);
        } catch (OrtFailure e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cudaMemGetInfo", e);
        }
    }

    /** Fills memory of a card with zeros. */
    void fillZeros(int device, MemorySegment place) throws OrtFailure {
        try {
            check((int) setDevice.invokeExact(device));
            check((int) memset.invokeExact(place, 0, place.byteSize()));
            // why: the runtime's own queue of work does not wait for this one
            check((int) synchronize.invokeExact());
        } catch (OrtFailure e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("cudaMemset", e);
        }
    }

    private void check(int code) throws Throwable {
        if (code != 0) {
            throw new OrtFailure("CUDA failure " + code + ": "
                    + OrtTable.text((MemorySegment) getErrorString.invokeExact(code)));
        }
    }
}
