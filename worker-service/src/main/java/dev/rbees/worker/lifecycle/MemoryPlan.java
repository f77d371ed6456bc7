package dev.rbees.worker.lifecycle;

import java.util.Map;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** What a model will take of the machine's memory, decided before it is loaded. */
final class MemoryPlan {

    private static final int FEWEST_SLOTS = 4;
    private static final int MOST_SLOTS = 16;
    /** ONNX Runtime keeps the weights packed anew, beside scales and sums; measured. */
    private static final double PACKED = 1.25;
    /** One in the buffer of decode steps, one that the runtime makes; of a device's, the first lies in this process. */
    private static final int COPIES_OF_SCORES = 2;
    /** Activations of a long prompt, its scores, and the program itself. */
    private static final long WORKING_BYTES = 150L * 1024 * 1024;

    private MemoryPlan() {}

    /**
     * How many requests are to run at a time: what was asked for, or as many as fit half of the free memory, 4 to 16.
     *
     * @param weightsBytes size of the weights as they lie in their file, counted for each copy in memory
     * @param cacheBytes of the KV cache for one slot
     * @param vocabulary scores of one position, of which each slot has its own
     * @param asked the number of slots that was asked for, if one was
     * @param available bytes that this process may still take
     * @throws RbeesException INSUFFICIENT_VRAM when they do not fit
     */
    static int slots(long weightsBytes, long cacheBytes, int vocabulary, Optional<Integer> asked, long available) {
        long slotBytes = cacheBytes + (long) vocabulary * Float.BYTES * COPIES_OF_SCORES;
        long fixed = Math.round(weightsBytes * PACKED) + WORKING_BYTES;
        int slots = asked.orElseGet(
                () -> Math.toIntExact(Math.clamp((available - fixed) / 2 / slotBytes, FEWEST_SLOTS, MOST_SLOTS)));
        long needed = fixed + slots * slotBytes;
        if (needed > available) {
            throw new RbeesException(ErrorCode.INSUFFICIENT_VRAM,
                    "the model needs " + megabytes(fixed) + " MB and " + megabytes(slotBytes) + " MB for each of " + slots
                            + " slots, together " + megabytes(needed) + " MB, but " + megabytes(available)
                            + " MB of memory are free; lower --slots or --context-length, or stop another worker",
                    Map.of("needed_bytes", needed, "available_bytes", available));
        }
        return slots;
    }

    private static long megabytes(long bytes) {
        return Math.ceilDiv(bytes, 1_000_000);
    }
}
