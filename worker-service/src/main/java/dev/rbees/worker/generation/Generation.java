package dev.rbees.worker.generation;

import java.time.Instant;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.sampling.Sampler;

/** One request in its slot: what it has been fed, what comes next. Only the batch loop changes it. */
final class Generation {

    final String jobId;
    final int slot;
    final int[] prompt;
    /** Tokens the answer may have. */
    final int limit;
    final boolean ignoreEos;
    final Sampler sampler;
    final Answer answer;
    final @Nullable Instant deadline;

    /** Positions of the slot that are filled. */
    int filled;
    /** The token that the next decode step feeds; only once the prompt is in. */
    int next;

    private volatile boolean cancelled;

    Generation(String jobId, int slot, int[] prompt, int limit, boolean ignoreEos, Sampler sampler, Answer answer,
            @Nullable Instant deadline) {
        this.jobId = jobId;
        this.slot = slot;
        this.prompt = prompt;
        this.limit = limit;
        this.ignoreEos = ignoreEos;
        this.sampler = sampler;
        this.answer = answer;
        this.deadline = deadline;
    }

    boolean decoding() {
        return filled >= prompt.length;
    }

    /**
     * The next piece of the prompt: at most {@code size} tokens, and, unless the whole prompt is one token, never a single
     * one at the end.
     *
     * <p>
     * why: a piece of one token takes another path through attention, whose results differ in the last bits.
     */
    int[] nextPiece(int size) {
        int left = prompt.length - filled;
        int count = left <= size ? left : left - size == 1 ? size - 1 : size;
        return Arrays.copyOfRange(prompt, filled, filled + count);
    }

    void cancel() {
        cancelled = true;
    }

    boolean cancelled() {
        return cancelled;
    }
}
