package dev.rbees.worker.onnx;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.worker.graph.ElementType;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.ModelFault;

/** What a decoder computes on, and where its KV cache lies. One that exists has been found to be there. */
public abstract class Device {

    private final Backend backend;

    Device(Backend backend) {
        this.backend = backend;
    }

    /** The processor, which is always there. */
    public static Device cpu() {
        return HostDevice.processor();
    }

    /**
     * The device that a backend means on this machine.
     *
     * @param number which of several, from 0, in the order of their places on the bus; only for CUDA
     * @param backends where the libraries of backends are that were installed; only for CUDA
     * @throws RbeesException MODEL_LOAD_FAILED, saying what is missing, when there is none
     */
    public static Device find(Backend backend, int number, Path backends) {
        if (backend == Backend.CPU) {
            // why: the runtime is started beside the import, not before it
            return cpu();
        }
        try {
            CudaSet libraries = CudaSet.find(backends);
            if (backend == Backend.CUDA) {
                libraries.chooseRuntime();
            }
            OnnxRuntime runtime = OnnxRuntime.start();
            return switch (backend) {
                case CPU -> cpu();
                case CUDA -> CudaDevice.find(runtime, number, libraries);
                case COREML -> HostDevice.appleProvider(runtime, backend, "CoreML");
                case WEBGPU -> HostDevice.appleProvider(runtime, backend, "WebGPU");
            };
        } catch (OrtFailure e) {
            throw ModelFault.of("ONNX Runtime cannot start: " + e.getMessage(), e);
        }
    }

    static RbeesException missing(String message) {
        return ModelFault.of(message);
    }

    public final Backend backend() {
        return backend;
    }

    /** Bytes that the KV cache of one slot takes. */
    public final long slotBytes(DecoderShape shape, int positions) {
        return positions * bytesPerPosition(shape);
    }

    /** Bytes that the KV cache of one position of a slot takes, in all layers: also in those that look at a window only. */
    public final long bytesPerPosition(DecoderShape shape) {
        return shape.kvBytesPerPosition() / Float.BYTES * cacheType().bytes();
    }

    /** Bytes that the device takes for calculating, beside weights, scores and cache, more than the processor does. */
    public long workingBytes(DecoderShape shape) {
        return 0;
    }

    /** Bytes of the device's own memory that are free; empty when it has none of its own. */
    public abstract OptionalLong freeBytes();

    /** Tokens of a prompt that one run reads. */
    int longestPiece() {
        return Decoder.LONGEST_PIECE;
    }

    /** Whether a sequence's numbers depend on itself alone, bit for bit, and not on how it is cut or what runs beside it. */
    abstract boolean exact();

    /** Why the device can no longer be used; empty when it can. */
    abstract Optional<String> problem();

    /** The type of the numbers in its KV cache. */
    abstract ElementType cacheType();

    /** Tells the options of a session to compute here. */
    abstract void choose(OnnxRuntime runtime, MemorySegment options) throws OrtFailure;

    /**
     * Makes sure that a session does compute here.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when it does not
     */
    abstract void confirm(OnnxRuntime runtime, MemorySegment session) throws OrtFailure;

    /** Memory for the KV cache of a session, which outlives it. */
    abstract CacheMemory memory(OnnxRuntime runtime, MemorySegment session) throws OrtFailure;

    /** A new set of tensors for runs of a session. */
    abstract Binding binding(OnnxRuntime runtime, MemorySegment session) throws OrtFailure;
}
