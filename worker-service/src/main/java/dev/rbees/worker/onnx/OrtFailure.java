package dev.rbees.worker.onnx;

import java.util.List;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.Printable;

/** ONNX Runtime has refused or failed; the message is its own, without what it quotes of a model for a terminal. */
final class OrtFailure extends Exception {

    private static final long serialVersionUID = 1;

    /** What the runtime, the C++ library, CUDA and cuBLAS say when memory is short. */
    private static final List<String> NO_MEMORY = List.of("Failed to allocate memory", "bad_alloc", "bad allocation",
            "out of memory", "CUDA failure 2:", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED");

    private final boolean outOfMemory;

    OrtFailure(String message) {
        super(Printable.message(message));
        // why: of all of it, before its middle may be left out
        outOfMemory = NO_MEMORY.stream().anyMatch(message::contains);
    }

    /** why: not with its cause, which a log would print with everything that it quotes of a model. */
    OrtFailure(Throwable failure) {
        this(failure.toString());
        setStackTrace(failure.getStackTrace());
    }

    /** Whether it failed for want of memory. */
    boolean isOutOfMemory() {
        return outOfMemory;
    }

    /** The same as an error of a run: VRAM_OOM, after which the model can be used as before, or INFERENCE_FAILED. */
    RbeesException whileRunning() {
        return isOutOfMemory()
                ? new RbeesException(ErrorCode.VRAM_OOM,
                        "the memory ran out while the model was running; send a shorter prompt"
                                + " or fewer requests at a time, or restart the worker with fewer --slots",
                        this)
                : new RbeesException(ErrorCode.INFERENCE_FAILED, "ONNX Runtime failed while running the model", this);
    }
}
