package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/** The functions of ONNX Runtime's C interface for memory that the runtime allocates, on the CPU or on a device. */
final class OrtMemory {

    private static final int DEVICE_ALLOCATOR = 0;
    private static final int ARENA_ALLOCATOR = 1;
    private static final int DEFAULT_MEMORY = 0;

    private final OrtTable table;
    private final MethodHandle createTensor;
    private final MethodHandle getData;
    private final MethodHandle createInfo;
    private final MethodHandle createCpuInfo;
    private final MethodHandle releaseInfo;
    private final MethodHandle createAllocator;
    private final MethodHandle releaseAllocator;

    OrtMemory(OrtTable table) {
        this.table = table;
        createTensor = table.function(48, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS);
        getData = table.function(51, ADDRESS, ADDRESS);
        createInfo = table.function(68, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
        createCpuInfo = table.function(69, JAVA_INT, JAVA_INT, ADDRESS);
        releaseInfo = table.release(94);
        createAllocator = table.function(131, ADDRESS, ADDRESS, ADDRESS);
        releaseAllocator = table.release(132);
    }

    /** Describes the memory of this process. */
    MemorySegment createCpuInfo() throws OrtFailure {
        return table.make((_, made) -> (MemorySegment) createCpuInfo.invokeExact(ARENA_ALLOCATOR, DEFAULT_MEMORY, made));
    }

    /**
     * Describes the memory of a device.
     *
     * @param name the runtime's: {@code Cpu}, {@code Cuda}
     * @param number of the device, from 0
     */
    MemorySegment createInfo(String name, int number) throws OrtFailure {
        return table.make((arena, made) -> (MemorySegment) createInfo.invokeExact(arena.allocateFrom(name),
                DEVICE_ALLOCATOR, number, DEFAULT_MEMORY, made));
    }

    void releaseInfo(MemorySegment info) {
        OrtTable.release(releaseInfo, info);
    }

    /** What a session uses to allocate in the memory that is described; the session must outlive it. */
    MemorySegment createAllocator(MemorySegment session, MemorySegment info) throws OrtFailure {
        return table.make((_, made) -> (MemorySegment) createAllocator.invokeExact(session, info, made));
    }

    void releaseAllocator(MemorySegment allocator) {
        OrtTable.release(releaseAllocator, allocator);
    }

    /** A tensor with memory of its own, whose contents are anything. */
    MemorySegment createTensor(MemorySegment allocator, int type, long... dimensions) throws OrtFailure {
        return table.make((arena, made) -> (MemorySegment) createTensor.invokeExact(allocator,
                arena.allocateFrom(JAVA_LONG, dimensions), (long) dimensions.length, type, made));
    }

    /** The address of a tensor's numbers: of no use to this process when they lie on a device. */
    MemorySegment data(MemorySegment tensor) throws OrtFailure {
        return table.make((_, made) -> (MemorySegment) getData.invokeExact(tensor, made));
    }
}
