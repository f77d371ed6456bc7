package dev.rbees.worker.generation;

import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import dev.rbees.thread.Ownership;
import dev.rbees.worker.grammar.Constraint;
import dev.rbees.worker.onnx.Decoder;
import dev.rbees.worker.sampling.Sampler;

/** One request in its slot: what it has been fed, what comes next. Only the batch thread changes it, which is checked. */
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

    private final Ownership owner;
    /** Positions of the slot that are filled. */
    private int filled;
    /** The token that the next decode step feeds; only once the prompt is in. */
    private int next;

    private final AtomicBoolean cancelled = new AtomicBoolean();

    /** @param owner the batch thread, from when it takes this on */
    Generation(Ownership owner, String jobId, @Nullable String cacheScope, SlotLedger.Place place, int[] prompt,
            int[] resumed,
            int limit, boolean ignoreEos,
            Sampler sampler,
            @Nullable LogprobsReport logprobs, @Nullable Constraint constraint, Answer answer,
            @Nullable Instant deadline) {
        this.owner = owner;
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

    /** Positions of the slot that are filled. */
    int filled() {
        owner.check();
        return filled;
    }

    /** So many more positions of the slot are filled. */
    void advance(int count) {
        owner.check();
        filled += count;
    }

    /** The token that the next decode step feeds; only once the prompt is in. */
    int next() {
        owner.check();
        return next;
    }

    /** The next decode step feeds this token. */
    void follow(int token) {
        owner.check();
        next = token;
    }

    /** Whether the prompt is in. */
    boolean decoding() {
        owner.check();
        return filled >= prompt.length;
    }

    /** What of the prompt is to be read next. */
    int[] nextPiece(Decoder decoder) {
        owner.check();
        return Arrays.copyOfRange(prompt, filled, filled + decoder.nextPiece(prompt.length - filled));
    }

    /** Positions of the slot that prefill made; only those give a later prompt the same bits. */
    int prefilled() {
        owner.check();
        return Math.min(filled, prompt.length);
    }

    /** Whether the token at this index of the answer is known already. */
    boolean resumes(int index) {
        return index < resumed.length;
    }

    boolean expired(Instant now) {
        return deadline != null && now.isAfter(deadline);
    }

    /** Asks it to end, from any thread; whether nobody has done so before. */
    boolean cancel() {
        return cancelled.compareAndSet(false, true);
    }

    boolean cancelled() {
        return cancelled.get();
    }
}
