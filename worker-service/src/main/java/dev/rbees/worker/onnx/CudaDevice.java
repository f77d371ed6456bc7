package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.worker.graph.ElementType;
import dev.rbees.worker.model.DecoderShape;

/**
 * An NVIDIA card. The KV cache lies in its memory, with 16-bit numbers; token ids go to it and logits come back in every
 * step.
 */
final class CudaDevice extends Device {

    private static final String PROVIDER = "CUDA";
    private static final String MEMORY = "Cuda";
    private static final String ATTENTION = "GroupQueryAttention";
    private static final int LONGEST_PIECE = 512;
    /** Machine code of kernels, which CUDA loads when they are first used; measured on an H200. */
    private static final long KERNELS_BYTES = 350L * 1024 * 1024;

    private final int number;
    private final CudaLibrary cuda;

    private CudaDevice(int number, CudaLibrary cuda) {
        super(Backend.CUDA);
        this.number = number;
        this.cuda = cuda;
    }

    /**
     * @param number of the card, from 0
     * @param libraries for which the runtime has been started
     */
    static CudaDevice find(OnnxRuntime runtime, int number, CudaSet libraries) {
        if (!OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            throw missing("the CUDA libraries are not here; run: rbees-pool backend install cuda, or take --backend cpu");
        }
        // why: CUDA would begin with the fastest card, and everything else that counts cards goes by their places
        CLibrary.setEnvironmentVariable("CUDA_DEVICE_ORDER", "PCI_BUS_ID");
        CudaLibrary cuda = CudaLibrary.load(libraries);
        int cards = count(cuda);
        if (number >= cards) {
            throw missing("--gpu-device " + number + ": CUDA finds " + cards + (cards == 1 ? " card" : " cards")
                    + ", numbered from 0; choose another, or take --backend cpu");
        }
        CudaDevice device = new CudaDevice(number, cuda);
        if (libraries.isInstalled()) {
            device.loadProvider(runtime);
        } else {
            unpackProvider(number);
        }
        return device;
    }

    private static int count(CudaLibrary cuda) {
        try {
            return cuda.devices();
        } catch (OrtFailure e) {
            throw missing("CUDA finds no card that works: " + e.getMessage() + "; see what nvidia-smi says, or take"
                    + " --backend cpu");
        }
    }

    /** The runtime finds its provider beside itself. */
    private void loadProvider(OnnxRuntime runtime) {
        try {
            MemorySegment options = runtime.options().create();
            try {
                choose(runtime, options);
            } finally {
                runtime.options().release(options);
            }
        } catch (OrtFailure e) {
            throw unusable(e.getMessage());
        }
    }

    /** why: only the runtime's own interface for Java takes the provider's library out of the jar; this loads it, too. */
    private static void unpackProvider(int number) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.addCUDA(number);
        } catch (OrtException e) {
            throw unusable(e.getMessage());
        }
    }

    private static RbeesException unusable(@Nullable String why) {
        return missing("ONNX Runtime cannot use CUDA on this machine: " + why + "; take --backend cpu");
    }

    /** Of a piece of a prompt, the runtime keeps several arrays of hidden and inner values at a time; measured on an H200. */
    @Override
    public long workingBytes(DecoderShape shape) {
        long arrays = 16L * shape.width() + 8L * shape.feedForward();
        return KERNELS_BYTES + LONGEST_PIECE * arrays * Float.BYTES;
    }

    @Override
    public OptionalLong freeBytes() {
        try {
            return OptionalLong.of(cuda.freeBytes(number));
        } catch (OrtFailure e) {
            throw missing("the card cannot be asked for its memory: " + e.getMessage());
        }
    }

    /** why: a step costs a card some milliseconds however few tokens it has, because the host starts every kernel. */
    @Override
    int longestPiece() {
        return LONGEST_PIECE;
    }

    /** why: its products choose their kernel by the number of rows: a row beside seven others differs by a relRMS of 6e-4. */
    @Override
    boolean exact() {
        return false;
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
