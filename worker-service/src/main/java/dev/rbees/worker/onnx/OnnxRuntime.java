package dev.rbees.worker.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import dev.rbees.worker.graph.ElementType;
import dev.rbees.worker.graph.HalfAttention;

/**
 * ONNX Runtime in this process, without its telemetry: from 1.29 on its Linux builds send the names and digests of models
 * to their maker unless the environment says no before the library starts. (That code also crashes on command lines of more
 * than about 8 kB.)
 */
final class OnnxRuntime {

    private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";

    @GuardedBy("OnnxRuntime.class")
    private static @Nullable OnnxRuntime started;

    private final OrtApi api;
    private final OrtOptions options;
    private final OrtMemory memory;
    private final OrtPlacement placement;
    private final MemorySegment environment;
    private final MemorySegment memoryInfo;

    private OnnxRuntime(OrtTable table) throws OrtFailure {
        this.api = new OrtApi(table);
        this.options = new OrtOptions(table);
        this.memory = new OrtMemory(table);
        this.placement = new OrtPlacement(table);
        this.environment = api.createEnvironment("rbees");
        this.memoryInfo = memory.createCpuInfo();
    }

    /** Starts it, the first time; it ends with the process. */
    static synchronized OnnxRuntime start() throws OrtFailure {
        OnnxRuntime runtime = started;
        if (runtime == null) {
            CLibrary.setEnvironmentVariable(NO_TELEMETRY, "1");
            try {
                // why: its own log lines quote names out of models as they are; what fails comes back as an error
                // why: the Java interface of the runtime brings the libraries for each platform and loads the right one
                OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "rbees").setTelemetry(false);
            } catch (OrtException e) {
                throw new OrtFailure(e);
            }
            runtime = new OnnxRuntime(new OrtTable(SymbolLookup.loaderLookup()));
            started = runtime;
        }
        return runtime;
    }

    OrtApi api() {
        return api;
    }

    OrtOptions options() {
        return options;
    }

    OrtMemory memory() {
        return memory;
    }

    OrtPlacement placement() {
        return placement;
    }

    /** Loads a graph for the CPU; it is the caller's to release. */
    MemorySegment createSession(String graph, int threads) throws OrtFailure {
        MemorySegment chosen = options.create();
        try {
            options.threads(chosen, threads);
            return api.createSession(environment, graph, chosen);
        } finally {
            options.release(chosen);
        }
    }

    /**
     * Loads a graph of ours for a device; it is the caller's to release.
     *
     * @param graph the model's file, beside which its weights lie
     * @param threads that one run uses on the CPU
     */
    MemorySegment createSession(Path graph, int threads, Device device) throws OrtFailure, IOException {
        MemorySegment chosen = options.create();
        try {
            runsWith(threads, chosen);
            device.choose(this, chosen);
            if (device.cacheType() == ElementType.FLOAT) {
                return api.createSession(environment, graph.toString(), chosen);
            }
            return createSession(HalfAttention.rewrite(Files.readAllBytes(graph)), graph, chosen);
        } finally {
            options.release(chosen);
        }
    }

    /**
     * Loads a graph that was made from one of ours, for the CPU; it is the caller's to release.
     *
     * @param model the bytes of a model's file
     * @param original the graph from which it was made, beside which its weights lie
     */
    MemorySegment createSession(byte[] model, Path original, int threads) throws OrtFailure {
        MemorySegment chosen = options.create();
        try {
            runsWith(threads, chosen);
            return createSession(model, original, chosen);
        } finally {
            options.release(chosen);
        }
    }

    /** why: after a run its threads would go on looking for work, beside a prompt that needs their cores. */
    private void runsWith(int threads, MemorySegment chosen) throws OrtFailure {
        options.threads(chosen, threads);
        options.entry(chosen, "session.force_spinning_stop", "1");
    }

    private MemorySegment createSession(byte[] model, Path original, MemorySegment chosen) throws OrtFailure {
        options.entry(chosen, "session.model_external_initializers_file_folder_path",
                String.valueOf(original.toAbsolutePath().getParent()));
        try (Arena arena = Arena.ofConfined()) {
            return api.createSession(environment, arena.allocateFrom(ValueLayout.JAVA_BYTE, model), chosen);
        }
    }

    /** Loads a model without weights of its own for the CPU; it is the caller's to release. */
    MemorySegment createSession(MemorySegment model) throws OrtFailure {
        MemorySegment chosen = options.create();
        try {
            return api.createSession(environment, model, chosen);
        } finally {
            options.release(chosen);
        }
    }

    /** A tensor over memory of this process; it is the caller's to release. */
    MemorySegment createTensor(MemorySegment data, ElementType type, long... dimensions) throws OrtFailure {
        return api.createTensor(memoryInfo, data, type.id(), dimensions);
    }
}
