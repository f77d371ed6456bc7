package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/** The functions of ONNX Runtime's C interface that say how a session is made and on what it computes. */
final class OrtOptions {

    private final OrtTable table;
    private final MethodHandle create;
    private final MethodHandle setIntraOpNumThreads;
    private final MethodHandle release;
    private final MethodHandle addConfigEntry;
    private final MethodHandle appendCuda;
    private final MethodHandle createCuda;
    private final MethodHandle updateCuda;
    private final MethodHandle releaseCuda;
    private final MethodHandle append;

    OrtOptions(OrtTable table) {
        this.table = table;
        create = table.function(10, ADDRESS);
        setIntraOpNumThreads = table.function(24, ADDRESS, JAVA_INT);
        release = table.release(100);
        addConfigEntry = table.function(130, ADDRESS, ADDRESS, ADDRESS);
        appendCuda = table.function(204, ADDRESS, ADDRESS);
        createCuda = table.function(205, ADDRESS);
        updateCuda = table.function(206, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
        releaseCuda = table.release(208);
        append = table.function(216, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
    }

    /** Options of a session; they are the caller's to release. */
    MemorySegment create() throws OrtFailure {
        return table.make((_, made) -> (MemorySegment) create.invokeExact(made));
    }

    void release(MemorySegment options) {
        OrtTable.release(release, options);
    }

    /** @param threads that one run uses */
    void threads(MemorySegment options, int threads) throws OrtFailure {
        table.make((_, _) -> (MemorySegment) setIntraOpNumThreads.invokeExact(options, threads));
    }

    /** Sets one of the entries that {@code onnxruntime_session_options_config_keys.h} lists. */
    void entry(MemorySegment options, String key, String value) throws OrtFailure {
        table.make((arena, _) -> (MemorySegment) addConfigEntry.invokeExact(options, arena.allocateFrom(key),
                arena.allocateFrom(value)));
    }

    /** Computes with CUDA what that can; {@code settings} are those of the CUDA execution provider. */
    void cuda(MemorySegment options, Map<String, String> settings) throws OrtFailure {
        MemorySegment cuda = table.make((_, made) -> (MemorySegment) createCuda.invokeExact(made));
        try {
            table.make((arena, _) -> (MemorySegment) updateCuda.invokeExact(cuda,
                    OrtTable.texts(arena, settings.keySet(), settings.size()),
                    OrtTable.texts(arena, settings.values(), settings.size()), (long) settings.size()));
            table.make((_, _) -> (MemorySegment) appendCuda.invokeExact(options, cuda));
        } finally {
            OrtTable.release(releaseCuda, cuda);
        }
    }

    /** Computes with the execution provider of that name what it can. */
    void provider(MemorySegment options, String name, Map<String, String> settings) throws OrtFailure {
        table.make((arena, _) -> (MemorySegment) append.invokeExact(options, arena.allocateFrom(name),
                OrtTable.texts(arena, settings.keySet(), settings.size()),
                OrtTable.texts(arena, settings.values(), settings.size()), (long) settings.size()));
    }
}
