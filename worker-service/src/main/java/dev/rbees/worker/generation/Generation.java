package dev.rbees.worker.generation;

import java.time.Instant;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.grammar.Constraint;
import dev.rbees.worker.onnx.Decoder;
import dev.rbees.worker.sampling.Sampler;

/** One request in its slot: what it has been fed, what comes next. Only the thread of the batch loop changes it. */
final class Generation {

    final String jobId;
    /** Whose prompt this is; null when it need not be kept apart. */
    final @Nullable String cacheScope;
    final int slot;
    final int[] prompt;
    /** Positions that the slot held already when this began. */
    final int reused;
    /** The beginning of the answer, when this goes on with one that another worker began. */
    final int[] resumed;
    /** Tokens the answer may have. */
    final int limit;
    final boolean ignoreEos;
    final Sampler sampler;
    /** Null when nobody asked for them. */
    final @Nullable LogprobsReport logprobs;
    /** Null when the answer may have any form. */
    final @Nullable Constraint constraint;
    final Answer answer;
    final @Nullable Instant deadline;

    /** Positions of the slot that are filled. */
    int filled;
    /** The token that the next decode step feeds; only once the prompt is in. */
    int next;

    private volatile boolean cancelled;

    Generation(String jobId, @Nullable String cacheScope, SlotLedger.Place place, int[] prompt, int[] resumed, int limit, boolean ignoreEos,
            Sampler sampler,
            @Nullable LogprobsReport logprobs, @Nullable Constraint constraint, Answer answer,
            @Nullable Instant deadline) {
        this.jobId = jobId;
        this.cacheScope = cacheScope;
        this.slot = place.slot();
        this.reused = place.reused();
        this.filled = place.reused();
        this.prompt = prompt;
        this.resumed = resumed;
        this.limit = limit;
        this.ignoreEos = ignoreEos;
        this.sampler = sampler;
        this.logprobs = logprobs;
        this.constraint = constraint;
        this.answer = answer;
        this.deadline = deadline;
    }

    boolean decoding() {
        return filled >= prompt.length;
    }

    int[] nextPiece() {
        return Arrays.copyOfRange(prompt, filled, filled + Decoder.nextPiece(prompt.length - filled));
    }

    /** Positions of the slot that prefill made; only those give a later prompt the same bits. */
    int prefilled() {
        return Math.min(filled, prompt.length);
    }

    /** Whether the token at this index of the answer is known already. */
    boolean resumes(int index) {
        return index < resumed.length;
    }

    boolean expired(Instant now) {
        return deadline != null && now.isAfter(deadline);
    }

    void cancel() {
        cancelled = true;
    }

    boolean cancelled() {
        return cancelled;
    }
}
