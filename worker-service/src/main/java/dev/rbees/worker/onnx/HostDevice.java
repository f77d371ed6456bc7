package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.Backend;
import dev.rbees.worker.graph.ElementType;

/**
 * Computes with the KV cache in the memory of this process: on the CPU, or with an execution provider of macOS, to which the
 * runtime then brings what it needs of the cache in every step.
 */
final class HostDevice extends Device {

    private static final HostDevice CPU = new HostDevice(Backend.CPU, null);

    private final @Nullable String provider;

    private HostDevice(Backend backend, @Nullable String provider) {
        super(backend);
        this.provider = provider;
    }

    static HostDevice processor() {
        return CPU;
    }

    /** @param provider as the options of a session call it; its full name has {@code ExecutionProvider} behind it */
    static HostDevice appleProvider(OnnxRuntime runtime, Backend backend, String provider) {
        if (!System.getProperty("os.name", "").startsWith("Mac")) {
            throw missing("the backend " + backend.wireName() + " exists only on macOS; take --backend cpu"
                    + (System.getProperty("os.name", "").startsWith("Linux") ? " or cuda" : ""));
        }
        HostDevice device = new HostDevice(backend, provider);
        try {
            MemorySegment options = runtime.options().create();
            try {
                device.choose(runtime, options);
            } finally {
                runtime.options().release(options);
            }
        } catch (OrtFailure e) {
            throw missing("the backend " + backend.wireName() + " cannot be used on this machine (" + e.getMessage()
                    + "); take --backend cpu");
        }
        return device;
    }

    @Override
    public OptionalLong freeBytes() {
        return OptionalLong.empty();
    }

    /** Providers of macOS were never asked. */
    @Override
    boolean exact() {
        return provider == null;
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
    void choose(OnnxRuntime runtime, MemorySegment options) throws OrtFailure {
        if (provider != null) {
            runtime.options().entry(options, OrtPlacement.RECORD, "1");
            runtime.options().provider(options, provider, Map.of());
        }
    }

    @Override
    void confirm(OnnxRuntime runtime, MemorySegment session) throws OrtFailure {
        if (provider != null) {
            Placement.of(runtime, session, provider).requireSome(backend());
        }
    }

    @Override
    CacheMemory memory(OnnxRuntime runtime, MemorySegment session) {
        return new HostMemory(runtime);
    }

    @Override
    Binding binding(OnnxRuntime runtime, MemorySegment session) throws OrtFailure {
        // why: a binding copies its inputs to a provider's device once, when they are bound, and not before every run
        return provider == null ? new StandingBinding(runtime.api(), session) : new NamedBinding(runtime.api(), session);
    }
}
