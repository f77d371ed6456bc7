package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;

import dev.rbees.api.worker.Backend;
import dev.rbees.worker.graph.ElementType;

/**
 * An NVIDIA card. The KV cache lies in its memory, with 16-bit numbers; token ids go to it and logits come back in every
 * step.
 */
final class CudaDevice extends Device {

    private static final String PROVIDER = "CUDA";
    private static final String MEMORY = "Cuda";
    private static final String ATTENTION = "GroupQueryAttention";

    private final int number;
    private final CudaLibrary cuda;

    private CudaDevice(int number, CudaLibrary cuda) {
        super(Backend.CUDA);
        this.number = number;
        this.cuda = cuda;
    }

    /** @param number of the card, from 0 */
    static CudaDevice find(int number) {
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            throw missing("this build of rbees has no CUDA; take the distribution rbees-"
                    + version() + "-cuda, or --backend cpu");
        }
        CudaLibrary cuda = CudaLibrary.load();
        int cards = count(cuda);
        if (number >= cards) {
            throw missing("--gpu-device " + number + ": CUDA finds " + cards + (cards == 1 ? " card" : " cards")
                    + ", numbered from 0; choose another, or take --backend cpu");
        }
        unpackProvider(number);
        return new CudaDevice(number, cuda);
    }

    private static int count(CudaLibrary cuda) {
        try {
            return cuda.devices();
        } catch (OrtFailure e) {
            throw missing("CUDA finds no card that works: " + e.getMessage() + "; see what nvidia-smi says, or take"
                    + " --backend cpu");
        }
    }

    private static String version() {
        String version = CudaDevice.class.getPackage().getImplementationVersion();
        return version == null ? "VERSION" : version;
    }

    /** why: only the runtime's own interface for Java takes the provider's library out of the jar; this loads it, too. */
    private static void unpackProvider(int number) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.addCUDA(number);
        } catch (OrtException e) {
            throw missing("ONNX Runtime cannot use CUDA on this machine: " + e.getMessage() + "; take --backend cpu");
        }
    }

    @Override
    public OptionalLong freeBytes() {
        try {
            return OptionalLong.of(cuda.freeBytes(number));
        } catch (OrtFailure e) {
            throw missing("the card cannot be asked for its memory: " + e.getMessage());
        }
    }

    @Override
    Optional<String> problem() {
        try {
            cuda.freeBytes(number);
            return Optional.empty();
        } catch (OrtFailure e) {
            return Optional.of("the card does not answer: " + e.getMessage());
        }
    }

    @Override
    ElementType cacheType() {
        return ElementType.FLOAT16;
    }

    @Override
    void choose(OnnxRuntime runtime, MemorySegment options) throws OrtFailure {
        runtime.options().entry(options, OrtPlacement.RECORD, "1");
        // why: by default its memory pool doubles whenever it grows, which wastes up to the size of a whole KV cache
        runtime.options().cuda(options, Map.of("device_id", String.valueOf(number),
                "arena_extend_strategy", "kSameAsRequested"));
    }

    @Override
    void confirm(OnnxRuntime runtime, MemorySegment session) throws OrtFailure {
        Placement placement = Placement.of(runtime, session, PROVIDER);
        placement.requireSome(backend());
        placement.requireAll(backend(), ATTENTION);
    }

    @Override
    CacheMemory memory(OnnxRuntime runtime, MemorySegment session) throws OrtFailure {
        return new SessionMemory(runtime, session, MEMORY, number, place -> cuda.fillZeros(number, place));
    }

    @Override
    Binding binding(OnnxRuntime runtime, MemorySegment session) {
        return new NamedBinding(runtime.api(), session);
    }
}
