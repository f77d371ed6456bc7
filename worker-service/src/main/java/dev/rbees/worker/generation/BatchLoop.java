package dev.rbees.worker.generation;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.StopReason;
import dev.rbees.worker.onnx.DecoderSession;

/**
 * The one thread that runs the model. Requests join and leave between steps; a step feeds a piece of the oldest unfinished
 * prompt, then one token to every sequence whose prompt is in.
 */
final class BatchLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(BatchLoop.class);

    /** Tokens of a prompt per step: what running answers wait for at most. */
    private static final int PIECE = 128;

    private final DecoderSession session;
    private final LoadedModel model;
    private final InstantSource clock;
    private final GenerationEnd ends;
    private final float[] logits;
    private final BlockingQueue<Runnable> changes = new LinkedBlockingQueue<>();
    /** In the order of their coming; only this thread touches it. */
    private final List<Generation> running = new ArrayList<>();
    private volatile @Nullable Generation prefilling;
    private boolean open = true;

    /** Hears of every generation that ended, before its last event: whoever reads that may send the next request. */
    @FunctionalInterface
    interface GenerationEnd {
        void ended(Generation generation, Outcome outcome);
    }

    BatchLoop(DecoderSession session, LoadedModel model, InstantSource clock, GenerationEnd ends) {
        this.session = session;
        this.model = model;
        this.clock = clock;
        this.ends = ends;
        this.logits = new float[session.vocabulary()];
    }

    /** Lets a generation join. Its slot is its own until it has ended. */
    void join(Generation generation) {
        changes.add(() -> running.add(generation));
    }

    /** Ends a generation as soon as possible. */
    void cancel(Generation generation) {
        generation.cancel();
        if (prefilling == generation) {
            session.interrupt();
        }
        changes.add(() -> {
            // wakes the loop
        });
    }

    /** Ends everything and then the thread. */
    void stop() {
        changes.add(() -> open = false);
        session.interrupt();
    }

    @Override
    public void run() {
        try {
            while (open) {
                takeChanges();
                endCancelled();
                prefillOldest();
                decodeAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            failAll(ErrorCode.DRAINING, "the worker is shutting down");
        }
    }

    /** Applies what came in; waits when there is nothing else to do. */
    private void takeChanges() throws InterruptedException {
        if (running.isEmpty() && open) {
            changes.take().run();
        }
        for (Runnable change = changes.poll(); change != null; change = changes.poll()) {
            change.run();
        }
    }

    private void endCancelled() {
        for (Generation generation : List.copyOf(running)) {
            if (generation.cancelled()) {
                fail(generation, ErrorCode.CANCELLED, "the request was cancelled");
            } else if (generation.deadline != null && clock.instant().isAfter(generation.deadline)) {
                fail(generation, ErrorCode.DEADLINE_EXCEEDED, "the deadline passed before the answer was complete");
            }
        }
    }

    private void prefillOldest() {
        Optional<Generation> oldest = running.stream().filter(generation -> !generation.decoding()).findFirst();
        if (oldest.isEmpty()) {
            return;
        }
        Generation generation = oldest.get();
        int[] piece = generation.nextPiece(PIECE);
        boolean last = generation.filled + piece.length == generation.prompt.length;
        try {
            prefilling = generation;
            if (!session.prefill(generation.slot, generation.filled, piece, last ? logits : null)) {
                return; // interrupted: the slot is as before, and whether it goes on is decided in the next round
            }
            generation.filled += piece.length;
            if (last) {
                choose(generation, 0);
            }
        } catch (RbeesException e) {
            LOG.warn("prefill of {} failed", generation.jobId, e);
            fail(generation, e.code(), e.userMessage());
        } finally {
            prefilling = null;
        }
    }

    /** One step for every sequence whose prompt is in, over the range of slots that they lie in. */
    private void decodeAll() {
        List<Generation> decoding = running.stream().filter(Generation::decoding).toList();
        if (decoding.isEmpty()) {
            return;
        }
        int firstSlot = decoding.stream().mapToInt(generation -> generation.slot).min().orElseThrow();
        int lastSlot = decoding.stream().mapToInt(generation -> generation.slot).max().orElseThrow();
        int[] tokens = new int[lastSlot - firstSlot + 1];
        int[] pasts = new int[tokens.length];
        int[] wanted = new int[decoding.size()];
        // why: a slot between them that does not decode gets a token behind its end, which its next step overwrites
        running.forEach(generation -> {
            if (generation.slot >= firstSlot && generation.slot <= lastSlot) {
                pasts[generation.slot - firstSlot] = generation.filled;
            }
        });
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = decoding.get(i).slot - firstSlot;
            tokens[wanted[i]] = decoding.get(i).next;
        }
        try {
            DecoderSession.Logits results = session.decode(firstSlot, tokens, pasts, wanted);
            for (int i = 0; i < wanted.length; i++) {
                decoding.get(i).filled++;
                results.copy(i, logits);
                choose(decoding.get(i), decoding.get(i).answer.tokensOut());
            }
        } catch (RbeesException e) {
            LOG.warn("a decode step for {} requests failed", wanted.length, e);
            decoding.forEach(generation -> fail(generation, e.code(), e.userMessage()));
        }
    }

    /** Chooses the token at this index from the logits at hand, and ends the answer where it has to end. */
    private void choose(Generation generation, int index) {
        // why: embeddings may be padded with rows that are no token
        Arrays.fill(logits, model.tokenizer().vocabularySize(), logits.length, Float.NEGATIVE_INFINITY);
        int token;
        try {
            token = generation.sampler.next(logits, index);
        } catch (RbeesException e) {
            fail(generation, e.code(), e.userMessage());
            return;
        }
        if (model.endIds().contains(token) && !generation.ignoreEos) {
            end(generation, StopReason.EOS);
            return;
        }
        generation.answer.token(token, System.nanoTime());
        generation.next = token;
        if (generation.answer.matchedStop().isPresent()) {
            end(generation, StopReason.STOP_SEQUENCE);
        } else if (generation.answer.tokensOut() >= generation.limit) {
            end(generation, StopReason.MAX_TOKENS);
        }
    }

    private void end(Generation generation, StopReason reason) {
        running.remove(generation);
        ends.ended(generation, Outcome.SUCCESS);
        generation.answer.end(generation.prompt.length, reason);
    }

    private void fail(Generation generation, ErrorCode code, String message) {
        running.remove(generation);
        ends.ended(generation, Outcome.of(code));
        generation.answer.fail(code, message);
    }

    private void failAll(ErrorCode code, String message) {
        for (Runnable change = changes.poll(); change != null; change = changes.poll()) {
            change.run();
        }
        List.copyOf(running).forEach(generation -> fail(generation, code, message));
    }
}
