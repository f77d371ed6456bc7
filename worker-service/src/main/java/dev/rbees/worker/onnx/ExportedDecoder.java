package dev.rbees.worker.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.thread.Ownership;

/**
 * A decoder whose graph somebody else exported. Such graphs give the whole cache back with every run, and nothing is known of
 * how their operators treat neighbours; so each sequence runs alone, and keeps the tensors of its last run.
 *
 * <p>
 * Prompts are fed in blocks that begin at multiples of {@value #BLOCK}, whatever the pieces in which they come: the rest of an
 * unfinished block is fed again with the next piece. So the shapes of all runs, and with them the bits of all results, follow
 * from the tokens alone.
 */
public final class ExportedDecoder implements Decoder {

    /** Tokens of a run. why: a graph may give the scores of all of them, 128 × 150 000 numbers for a large vocabulary. */
    static final int BLOCK = 128;

    private final OrtSession session;
    private final ExportedModel model;
    private final ExportedSignature signature;
    private final ExportedRun run;
    private final int positions;
    private final List<ExportedSlot> slots = new ArrayList<>();
    private final Interruption interruption = new Interruption();
    private final RunWatch watch = new RunWatch(System::nanoTime);
    private final Ownership decoding = new Ownership("what decode steps note");

    private ExportedDecoder(OrtSession session, ExportedModel model, ExportedSignature signature, int slotCount,
            int positions)
            throws OrtException {
        this.session = session;
        this.model = model;
        this.signature = signature;
        this.run = new ExportedRun(session, signature);
        this.positions = positions;
        for (int slot = 0; slot < slotCount; slot++) {
            slots.add(new ExportedSlot(positions, ExportedCache.empty(signature.caches().size(), signature.cacheType(),
                    model.kvHeads(), model.headSize())));
        }
    }

    /**
     * Loads a model for the CPU.
     *
     * @param slots sequences at a time
     * @param positions that each of them may have, at most the model's context length
     * @param threads that one run uses
     * @throws RbeesException MODEL_LOAD_FAILED
     */
    public static ExportedDecoder open(ExportedModel model, int slots, int positions, int threads) {
        OrtSession session = ExportedSession.open(model.graph(), threads);
        try {
            return new ExportedDecoder(session, model,
                    ExportedSignature.of(model, session.getInputInfo(), session.getOutputInfo()), slots, positions);
        } catch (OrtException e) {
            ExportedSession.close(session);
            throw ExportedSession.notLoaded(model.graph(), e);
        } catch (RbeesException e) {
            ExportedSession.close(session);
            throw e;
        }
    }

    @Override
    public void claim() {
        decoding.claim();
    }

    @Override
    public int positions() {
        return positions;
    }

    @Override
    public int vocabulary() {
        return signature.vocabulary();
    }

    @Override
    public long cacheBytes() {
        return (long) slots.size() * positions * model.kvBytesPerPosition() * signature.cacheType().size / Float.BYTES;
    }

    @Override
    public boolean prefill(int slotNumber, int past, int[] tokens, float @Nullable [] logits) {
        checkBounds(past + tokens.length, tokens);
        ExportedSlot slot = slots.get(slotNumber);
        int[] all = slot.with(past, tokens);
        try (OrtSession.RunOptions options = new OrtSession.RunOptions()) {
            interruption.begin(() -> terminate(options));
            try {
                feed(slot, all, Math.min(past, slot.valid()) / BLOCK * BLOCK, logits, options);
                return true;
            } finally {
                interruption.end();
            }
        } catch (OrtException e) {
            if (interruption.happened()) {
                return false;
            }
            throw failed(e);
        }
    }

    /** Feeds the tokens from {@code from} on, in blocks; on failure the slot is as before. */
    private void feed(ExportedSlot slot, int[] all, int from, float @Nullable [] logits, OrtSession.RunOptions options)
            throws OrtException {
        ExportedCache held = slot.cache();
        ExportedCache cache = from == held.length() ? held : held.cut(from);
        try {
            for (int at = from; at < all.length; at += BLOCK) {
                int end = Math.min(at + BLOCK, all.length);
                boolean wanted = end == all.length && logits != null;
                ExportedRun.Step step = run(cache, Arrays.copyOfRange(all, at, end), wanted, options);
                closeUnless(held, cache);
                cache = step.cache();
                if (wanted) {
                    copy(Objects.requireNonNull(step.logits()), Objects.requireNonNull(logits));
                }
            }
        } catch (OrtException e) {
            closeUnless(held, cache);
            throw e;
        }
        slot.hold(all, cache);
    }

    private static void terminate(OrtSession.RunOptions options) {
        try {
            options.setTerminate(true);
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    private ExportedRun.Step run(ExportedCache past, int[] ids, boolean wanted, OrtSession.RunOptions options)
            throws OrtException {
        watch.begin();
        try {
            return run.of(past, ids, wanted, options);
        } finally {
            watch.end();
        }
    }

    private static void closeUnless(ExportedCache kept, ExportedCache cache) {
        if (cache != kept) {
            cache.close();
        }
    }

    @Override
    public void interrupt() {
        interruption.interrupt();
    }

    @Override
    public Optional<String> residencyProblem() {
        return watch.problem();
    }

    @Override
    public Logits decode(int firstSlot, int[] tokens, int[] pasts, int[] wanted) {
        decoding.check();
        checkBounds(Arrays.stream(pasts).max().orElse(0) + 1, tokens);
        boolean[] noted = new boolean[tokens.length];
        for (int row = 0; row < tokens.length; row++) {
            noted[row] = slots.get(firstSlot + row).note(pasts[row], tokens[row]);
        }
        float[][] results = new float[wanted.length][];
        for (int i = 0; i < wanted.length; i++) {
            if (!noted[wanted[i]]) {
                throw new IllegalArgumentException("slot " + (firstSlot + wanted[i]) + " does not hold " + pasts[wanted[i]]
                        + " positions");
            }
            results[i] = catchUp(slots.get(firstSlot + wanted[i]));
        }
        return (index, target) -> copy(results[index], target);
    }

    /** Makes what a slot has noted, token by token; gives the scores after the last one. */
    private float[] catchUp(ExportedSlot slot) {
        int[] tokens = slot.tokens();
        int at = slot.valid();
        ExportedCache held = slot.cache();
        ExportedCache cache = held;
        float[] logits = null;
        try (OrtSession.RunOptions options = new OrtSession.RunOptions()) {
            cache = at == held.length() ? held : held.cut(at);
            for (; at < tokens.length; at++) {
                ExportedRun.Step step = run(cache, new int[] {tokens[at]}, at == tokens.length - 1, options);
                closeUnless(held, cache);
                cache = step.cache();
                logits = step.logits();
            }
            slot.hold(tokens, cache);
            return Objects.requireNonNull(logits);
        } catch (OrtException e) {
            closeUnless(held, cache);
            throw failed(e);
        }
    }

    private static void copy(float[] scores, float[] target) {
        System.arraycopy(scores, 0, target, 0, scores.length);
    }

    private void checkBounds(int length, int[] tokens) {
        if (length > positions) {
            throw new IllegalArgumentException(length + " positions do not fit into " + positions);
        }
        for (int token : tokens) {
            if (token < 0 || token >= model.vocabulary()) {
                throw new IllegalArgumentException(token + " is no id of the vocabulary");
            }
        }
    }

    private static RbeesException failed(OrtException e) {
        return new OrtFailure(e).whileRunning();
    }

    @Override
    public void close() {
        slots.forEach(ExportedSlot::close);
        ExportedSession.close(session);
    }
}
