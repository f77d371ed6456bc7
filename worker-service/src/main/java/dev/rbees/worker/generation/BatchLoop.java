package dev.rbees.worker.generation;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.StopReason;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.Ownership;
import dev.rbees.worker.onnx.Decoder;

/**
 * Runs the model. One thread decides everything and decodes: requests join and leave between steps, and a step feeds one token
 * to every sequence whose prompt is in. Prompts are fed meanwhile, a piece at a time and in turn, by a second thread that
 * only runs the model and reports back; steps are fewer then.
 *
 * <p>
 * What fails while one sequence chooses its token ends that sequence, and what fails while the model runs ends those that took part
 * in the run. Anything else is a fault of ours: it escapes, all sequences end, and with the thread the program.
 */
final class BatchLoop {

    /**
     * How long streams rest between two steps while a prompt is being fed. They still come faster than anybody reads, and the
     * prompt has most of the machine.
     */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** How long the thread sleeps at most while only prompts are being fed: deadlines pass meanwhile. */
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** How long the thread sleeps at most. */
    private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How often readers hear a sign of life. why: who passes on one each second must not miss one. */
    private static final long SIGN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Decoder session;
    private final InstantSource clock;
    private final IntUnaryOperator held;
    private final RoundWatch rounds;
    private final TokenChoice choice;
    private final float[] logits;
    private final Object joining = new Object();
    /** why: bounded by the slots: each joins once, is cancelled once, and has one piece fed at a time. */
    private final BlockingQueue<Runnable> changes = new LinkedBlockingQueue<>();
    @GuardedBy("joining")
    private boolean over;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final PrefillThread prefill;
    private final Ownership ownership = new Ownership("the batch");
    private final Sequences sequences = new Sequences(ownership);
    private final Departures departures;
    /** When the last step ended, in the time of {@link System#nanoTime()}; this and the next two are the batch thread's alone. */
    private long stepped;
    private long signed;
    private boolean open = true;

    /**
     * @param held for a slot in which nothing runs, the positions that must stay as they are
     * @param rounds is told whenever the loop comes round
     * @param liveness hears of what escapes from the thread that reads prompts
     */
    BatchLoop(Decoder session, LoadedModel model, InstantSource clock, IntUnaryOperator held, GenerationEnd ends,
            RoundWatch rounds, Liveness liveness) {
        this.session = session;
        this.clock = clock;
        this.held = held;
        this.departures = new Departures(sequences, ends);
        this.rounds = rounds;
        this.choice = new TokenChoice(model);
        this.logits = new float[session.vocabulary()];
        this.prefill = new PrefillThread(liveness);
    }

    /** Who may touch what runs. */
    Ownership ownership() {
        return ownership;
    }

    /**
     * Lets a generation join. Its slot is its own until it has ended.
     *
     * @throws RbeesException WORKER_UNAVAILABLE when the loop has ended
     */
    void join(Generation generation) {
        synchronized (joining) {
            if (over) {
                throw new RbeesException(ErrorCode.WORKER_UNAVAILABLE, "the worker has ended and takes no new work");
            }
            changes.add(() -> sequences.add(generation));
        }
    }

    /** Ends a generation as soon as possible. */
    void cancel(Generation generation) {
        if (generation.cancel()) {
            changes.add(() -> {
                // wakes the loop
            });
        }
    }

    /** Ends everything and then the loop, and returns when it has ended; only once the loop has been started. */
    void stop() {
        changes.add(() -> open = false);
        // why: not interruptible, because afterwards the model is freed
        ended.join();
    }

    /** The work of the batch thread: it returns after {@link #stop}. */
    void run() throws InterruptedException {
        ErrorCode code = ErrorCode.WORKER_UNAVAILABLE;
        String why = "the worker failed and is being started anew";
        try {
            ownership.claim();
            session.claim();
            prefill.start();
            while (open) {
                step();
            }
            code = ErrorCode.DRAINING;
            why = "the worker is shutting down";
        } finally {
            session.interrupt();
            prefill.close();
            failAll(code, why);
            ended.complete(null);
        }
    }

    private void step() throws InterruptedException {
        rounds.came();
        takeChanges();
        endHopeless();
        showLife();
        feedNext();
        decodeAll();
    }

    /** Applies what came in; waits when there is nothing else to do. */
    private void takeChanges() throws InterruptedException {
        Runnable change = changes.poll(patienceNanos(), TimeUnit.NANOSECONDS);
        for (; change != null; change = changes.poll()) {
            change.run();
        }
    }

    private long patienceNanos() {
        if (sequences.isEmpty()) {
            return ROUND_NANOS;
        }
        return sequences.decoding().isEmpty() ? NAP_NANOS : restNanos();
    }

    /** How much longer the streams leave the machine to a prompt; not positive when they do not. */
    private long restNanos() {
        return sequences.feeds() ? stepped + REST_NANOS - System.nanoTime() : 0;
    }

    /** Tells all readers twice a second that this thread lives. */
    private void showLife() {
        long now = System.nanoTime();
        if (now - signed < SIGN_NANOS) {
            return;
        }
        signed = now;
        for (Generation generation : sequences.all()) {
            Departures.tell(generation, generation.answer::alive);
        }
    }

    private void endHopeless() {
        for (Generation generation : sequences.all()) {
            boolean hopeless = generation.cancelled() || generation.expired(clock.instant());
            if (hopeless && sequences.feeds(generation)) {
                session.interrupt(); // it ends when its slot is at rest
            } else if (generation.cancelled()) {
                departures.fail(generation, ErrorCode.CANCELLED, "the request was cancelled");
            } else if (hopeless) {
                departures.fail(generation, ErrorCode.DEADLINE_EXCEEDED,
                        "the deadline passed before the answer was complete");
            }
        }
    }

    /** Hands the next piece of a prompt to the other thread, if that has nothing to do. */
    private void feedNext() {
        Generation generation = sequences.beginFeeding();
        if (generation == null) {
            return;
        }
        int past = generation.filled();
        int[] piece = generation.nextPiece(session);
        boolean last = past + piece.length == generation.prompt.length;
        // why: an array of its own, because the batch thread goes on writing into the common one
        float[] scores = last && !generation.resumes(0) ? new float[logits.length] : null;
        prefill.hand(() -> feed(generation, past, piece, scores));
    }

    /** On the thread that reads prompts. */
    private void feed(Generation generation, int past, int[] piece, float @Nullable [] scores) {
        try {
            boolean complete = session.prefill(generation.slot, past, piece, scores);
            changes.add(() -> fed(generation, complete ? piece.length : 0, scores));
        } catch (RuntimeException e) {
            changes.add(() -> {
                sequences.endFeeding(generation);
                departures.failAlone(generation, e);
            });
        }
    }

    /** @param count tokens of the prompt that are in now; 0 when the prefill was interrupted */
    private void fed(Generation generation, int count, float @Nullable [] scores) {
        generation.advance(count);
        sequences.endFeeding(generation);
        if (generation.decoding()) {
            choose(generation, scores == null ? logits : scores);
        }
    }

    /** One step for every sequence whose prompt is in, over the range of slots that they lie in. */
    private void decodeAll() {
        List<Generation> decoding = sequences.decoding();
        if (decoding.isEmpty() || restNanos() > 0) {
            return;
        }
        DecodeStep step = DecodeStep.of(decoding, sequences.all(), held);
        List<Generation> choosing = decoding.stream()
                .filter(generation -> !generation.resumes(generation.answer.tokensOut()))
                .toList();
        int[] wanted = choosing.stream().mapToInt(generation -> generation.slot - step.firstSlot()).toArray();
        Decoder.Logits results;
        try {
            results = session.decode(step.firstSlot(), step.tokens(), step.pasts(), wanted);
        } catch (RuntimeException e) {
            decoding.forEach(generation -> departures.failAlone(generation, e));
            return;
        }
        stepped = System.nanoTime();
        decoding.forEach(generation -> generation.advance(1));
        for (int i = 0; i < wanted.length; i++) {
            results.copy(i, logits);
            choose(choosing.get(i), logits);
        }
        decoding.stream().filter(generation -> !choosing.contains(generation)).forEach(g -> choose(g, logits));
    }

    /** Adds the next token, and ends the answer where it has to end. What fails in here is that one sequence. */
    private void choose(Generation generation, float[] scores) {
        StopReason reason;
        try {
            reason = choice.next(generation, scores);
        } catch (RuntimeException e) {
            departures.failAlone(generation, e);
            return;
        }
        if (reason != null) {
            departures.complete(generation, reason);
        }
    }

    private void failAll(ErrorCode code, String message) {
        synchronized (joining) {
            over = true;
        }
        for (Runnable change = changes.poll(); change != null; change = changes.poll()) {
            change.run();
        }
        sequences.all().forEach(generation -> departures.fail(generation, code, message));
    }
}
