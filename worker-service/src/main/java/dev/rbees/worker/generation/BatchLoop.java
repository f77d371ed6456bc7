package dev.rbees.worker.generation;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.StopReason;
import dev.rbees.worker.grammar.Constraint;
import dev.rbees.worker.onnx.Decoder;

/**
 * Runs the model. One thread decides everything and decodes: requests join and leave between steps, and a step feeds one token
 * to every sequence whose prompt is in. Prompts are fed meanwhile, a piece at a time and in turn, by a second thread that
 * only runs the model and reports back; steps are fewer then.
 */
final class BatchLoop implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(BatchLoop.class);

    /**
     * How long streams rest between two steps while a prompt is being fed. They still come faster than anybody reads, and the
     * prompt has most of the machine.
     */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How long the thread sleeps at most while only prompts are being fed: deadlines pass meanwhile. */
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Decoder session;
    private final LoadedModel model;
    private final InstantSource clock;
    private final IntUnaryOperator held;
    private final GenerationEnd ends;
    private final float[] logits;
    private final BlockingQueue<Runnable> changes = new LinkedBlockingQueue<>();
    private final ExecutorService prefill = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("prefill").factory());
    /** In the order of their coming; these three are the batch thread's alone. */
    private final List<Generation> running = new ArrayList<>();
    /** Whose prompt is not in, and is not being fed just now. */
    private final Deque<Generation> unfed = new ArrayDeque<>();
    private @Nullable Generation feeding;
    /** When the last step ended, in the time of {@link System#nanoTime()}. */
    private long stepped;
    private boolean open = true;

    /** @param held for a slot in which nothing runs, the positions that must stay as they are */
    BatchLoop(Decoder session, LoadedModel model, InstantSource clock, IntUnaryOperator held, GenerationEnd ends) {
        this.session = session;
        this.model = model;
        this.clock = clock;
        this.held = held;
        this.ends = ends;
        this.logits = new float[session.vocabulary()];
    }

    /** Lets a generation join. Its slot is its own until it has ended. */
    void join(Generation generation) {
        changes.add(() -> {
            running.add(generation);
            unfed.add(generation);
        });
    }

    /** Ends a generation as soon as possible. */
    void cancel(Generation generation) {
        generation.cancel();
        changes.add(() -> {
            // wakes the loop
        });
    }

    /** Ends everything and then the thread. */
    void stop() {
        changes.add(() -> open = false);
    }

    @Override
    public void run() {
        try {
            while (open) {
                step();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            session.interrupt();
            prefill.close();
            failAll(ErrorCode.DRAINING, "the worker is shutting down");
        }
    }

    private void step() throws InterruptedException {
        try {
            takeChanges();
            endHopeless();
            feedNext();
            decodeAll();
        } catch (RuntimeException e) {
            // why: without this thread every later request would wait for ever, and nobody would know
            LOG.warn("a step failed", e);
            running.stream().filter(generation -> generation != feeding && !unfed.contains(generation)).toList()
                    .forEach(generation -> fail(generation, e));
        }
    }

    /** Applies what came in; waits when there is nothing else to do. */
    private void takeChanges() throws InterruptedException {
        Runnable change;
        if (running.isEmpty()) {
            change = changes.take();
        } else {
            boolean waiting = running.stream().noneMatch(Generation::decoding);
            change = changes.poll(waiting ? NAP_NANOS : restNanos(), TimeUnit.NANOSECONDS);
        }
        for (; change != null; change = changes.poll()) {
            change.run();
        }
    }

    /** How much longer the streams leave the machine to a prompt; not positive when they do not. */
    private long restNanos() {
        return feeding == null ? 0 : stepped + REST_NANOS - System.nanoTime();
    }

    private void endHopeless() {
        for (Generation generation : List.copyOf(running)) {
            boolean hopeless = generation.cancelled() || generation.expired(clock.instant());
            if (hopeless && generation == feeding) {
                session.interrupt(); // it ends when its slot is at rest
            } else if (generation.cancelled()) {
                fail(generation, ErrorCode.CANCELLED, "the request was cancelled");
            } else if (hopeless) {
                fail(generation, ErrorCode.DEADLINE_EXCEEDED, "the deadline passed before the answer was complete");
            }
        }
    }

    /** Hands the next piece of a prompt to the other thread, if that has nothing to do. */
    private void feedNext() {
        if (feeding != null || unfed.isEmpty()) {
            return;
        }
        Generation generation = unfed.remove();
        int[] piece = generation.nextPiece();
        boolean last = generation.filled + piece.length == generation.prompt.length;
        // why: an array of its own, because the batch thread goes on writing into the common one
        float[] scores = last && !generation.resumes(0) ? new float[logits.length] : null;
        feeding = generation;
        prefill.execute(() -> feed(generation, piece, scores));
    }

    private void feed(Generation generation, int[] piece, float @Nullable [] scores) {
        try {
            boolean complete = session.prefill(generation.slot, generation.filled, piece, scores);
            changes.add(() -> fed(generation, complete ? piece.length : 0, scores));
        } catch (RuntimeException e) {
            LOG.warn("prefill of {} failed", generation.jobId, e);
            changes.add(() -> {
                feeding = null;
                fail(generation, e);
            });
        }
    }

    /** @param count tokens of the prompt that are in now; 0 when the prefill was interrupted */
    private void fed(Generation generation, int count, float @Nullable [] scores) {
        feeding = null;
        generation.filled += count;
        if (!generation.decoding()) {
            unfed.add(generation);
        } else {
            choose(generation, scores == null ? logits : scores);
        }
    }

    /** One step for every sequence whose prompt is in, over the range of slots that they lie in. */
    private void decodeAll() {
        List<Generation> decoding = running.stream().filter(Generation::decoding).toList();
        if (decoding.isEmpty() || restNanos() > 0) {
            return;
        }
        DecodeStep step = DecodeStep.of(decoding, running, held);
        List<Generation> choosing = decoding.stream()
                .filter(generation -> !generation.resumes(generation.answer.tokensOut()))
                .toList();
        int[] wanted = choosing.stream().mapToInt(generation -> generation.slot - step.firstSlot()).toArray();
        Decoder.Logits results = session.decode(step.firstSlot(), step.tokens(), step.pasts(), wanted);
        stepped = System.nanoTime();
        decoding.forEach(generation -> generation.filled++);
        for (int i = 0; i < wanted.length; i++) {
            results.copy(i, logits);
            choose(choosing.get(i), logits);
        }
        decoding.stream().filter(generation -> !choosing.contains(generation)).forEach(g -> choose(g, logits));
    }

    /** Adds the next token, and ends the answer where it has to end. */
    private void choose(Generation generation, float[] scores) {
        int index = generation.answer.tokensOut();
        if (generation.resumes(index)) {
            generation.next = generation.resumed[index];
            generation.sampler.see(generation.next);
            generation.answer.replay(generation.next);
        } else if (!draw(generation, scores, index)) {
            return;
        }
        if (generation.answer.matchedStop().isPresent()) {
            end(generation, StopReason.STOP_SEQUENCE);
        } else if (generation.answer.tokensOut() >= generation.limit) {
            end(generation, StopReason.MAX_TOKENS);
        }
    }

    /** Chooses the token at this index by its scores; gives whether the answer goes on. */
    private boolean draw(Generation generation, float[] scores, int index) {
        // why: embeddings may be padded with rows that are no token
        Arrays.fill(scores, model.tokenizer().vocabularySize(), scores.length, Float.NEGATIVE_INFINITY);
        LogprobsReport report = generation.logprobs;
        if (report != null) {
            report.note(scores);
        }
        Constraint constraint = generation.constraint;
        int token;
        try {
            if (constraint != null) {
                constraint.mask(scores);
            }
            token = generation.sampler.next(scores, index);
        } catch (RbeesException e) {
            fail(generation, e.code(), e.userMessage());
            return false;
        }
        // why: behind a whole value of the wanted form nothing may come, whatever was asked for
        if (model.endIds().contains(token) && (constraint != null || !generation.ignoreEos)) {
            end(generation, StopReason.EOS);
            return false;
        }
        generation.sampler.see(token);
        generation.answer.token(token, report == null ? null : report.of(token), System.nanoTime());
        generation.next = token;
        if (constraint != null) {
            constraint.accept(token);
            if (constraint.exhausted()) {
                end(generation, StopReason.EOS);
                return false;
            }
        }
        return true;
    }

    private void end(Generation generation, StopReason reason) {
        leave(generation, Outcome.SUCCESS);
        generation.answer.end(generation.prompt.length, generation.reused, reason);
    }

    private void fail(Generation generation, ErrorCode code, String message) {
        leave(generation, Outcome.of(code));
        generation.answer.fail(code, message);
    }

    private void fail(Generation generation, RuntimeException e) {
        if (e instanceof RbeesException known) {
            fail(generation, known.code(), known.userMessage());
        } else {
            fail(generation, ErrorCode.INTERNAL, "the worker failed while making the answer; its log says why");
        }
    }

    private void leave(Generation generation, Outcome outcome) {
        running.remove(generation);
        unfed.remove(generation);
        ends.ended(generation, outcome);
    }

    private void failAll(ErrorCode code, String message) {
        for (Runnable change = changes.poll(); change != null; change = changes.poll()) {
            change.run();
        }
        List.copyOf(running).forEach(generation -> fail(generation, code, message));
    }
}
