package dev.rbees.worker.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import org.jspecify.annotations.Nullable;

import dev.rbees.worker.graph.ElementType;

/**
 * ONNX Runtime in this process, without its telemetry: from 1.29 on its Linux builds send the names and digests of models
 * to their maker unless the environment says no before the library starts. (That code also crashes on command lines of more
 * than about 8 kB.)
 */
final class OnnxRuntime {

    private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";

    private static @Nullable OnnxRuntime started;

    private final OrtApi api;
    private final MemorySegment environment;
    private final MemorySegment memoryInfo;

    private OnnxRuntime(OrtApi api) throws OrtFailure {
        this.api = api;
        this.environment = api.createEnvironment("rbees");
        this.memoryInfo = api.createCpuMemoryInfo();
    }

    /** Starts it, the first time; it ends with the process. */
    static synchronized OnnxRuntime start() throws OrtFailure {
        OnnxRuntime runtime = started;
        if (runtime == null) {
            setEnvironmentVariable(NO_TELEMETRY, "1");
            try {
                // why: the Java interface of the runtime brings the libraries for each platform and loads the right one
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING, "rbees").setTelemetry(false);
            } catch (OrtException e) {
                throw new OrtFailure(e);
            }
            runtime = new OnnxRuntime(new OrtApi(SymbolLookup.loaderLookup()));
            started = runtime;
        }
        return runtime;
    }

    OrtApi api() {
        return api;
    }

    /** Loads a graph; it is the caller's to release. */
    MemorySegment createSession(String graph, int threads) throws OrtFailure {
        return api.createSession(environment, graph, threads);
    }

    /** A tensor over memory of this process; it is the caller's to release. */
    MemorySegment createTensor(MemorySegment data, ElementType type, long... dimensions) throws OrtFailure {
        return api.createTensor(memoryInfo, data, type.id(), dimensions);
    }

    /** Sets a variable for native code; Java's own view of the environment does not change. */
    private static void setEnvironmentVariable(String name, String value) {
        try (Arena arena = Arena.ofConfined()) {
            int result = (int) CLibrary.function("setenv", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                    .invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), 1);
            if (result != 0) {
                throw new IllegalStateException("setenv gave " + result);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("setenv", e);
        }
    }
}
