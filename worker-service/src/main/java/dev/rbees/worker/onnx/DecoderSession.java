package dev.rbees.worker.onnx;

import java.util.HashMap;
import java.util.Map;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.model.DecoderShape;

/**
 * A decoder in memory: the loaded graph and a KV cache of several slots. One thread runs it; {@link #interrupt()} may come
 * from any thread.
 *
 * <p>
 * Results are bit for bit the same alone or in a batch and with any number of threads, as long as a position is made in the
 * same way: by {@link #prefill} in pieces of at least two tokens, or by {@link #decode}.
 */
public final class DecoderSession implements AutoCloseable {

    private record DecodeKind(int firstSlot, int rows, int wanted) {}

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final DecoderShape shape;
    private final KvCache cache;
    private final Map<DecodeKind, Frame> decodeFrames = new HashMap<>();
    private final Object interruption = new Object();
    /** The options of the prefill that runs; guarded by {@link #interruption}. */
    private OrtSession.@Nullable RunOptions running;
    private boolean interrupted;

    private DecoderSession(OrtEnvironment environment, OrtSession session, DecoderShape shape, KvCache cache) {
        this.environment = environment;
        this.session = session;
        this.shape = shape;
        this.cache = cache;
    }

    /**
     * Loads a model for the CPU.
     *
     * @param slots sequences at a time
     * @param positions that each of them may have, at most the model's context length
     * @param threads that one run uses
     * @throws RbeesException MODEL_LOAD_FAILED, or INSUFFICIENT_VRAM when the cache does not fit
     */
    public static DecoderSession open(ImportedModel model, int slots, int positions, int threads) {
        try {
            OrtEnvironment environment = OnnxRuntime.environment();
            OrtSession session = load(environment, model, threads);
            try {
                DecoderShape shape = model.description().shape();
                return new DecoderSession(environment, session, shape, new KvCache(environment, shape, slots, positions));
            } catch (RbeesException e) {
                session.close();
                throw e;
            }
        } catch (OrtException e) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED,
                    "ONNX Runtime cannot load the imported model; remove its folder below RBEES_HOME/cache and try again",
                    e);
        }
    }

    private static OrtSession load(OrtEnvironment environment, ImportedModel model, int threads) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            return environment.createSession(model.graph().toString(), options);
        }
    }

    /** Positions that a slot holds. */
    public int positions() {
        return cache.positions();
    }

    /** Scores per position: the ids of the vocabulary, and perhaps some more rows of padding. */
    public int vocabulary() {
        return shape.vocabulary();
    }

    /** Bytes of the KV cache when every position of every slot is filled. */
    public long cacheBytes() {
        return cache.bytes();
    }

    /**
     * Feeds a piece of a prompt to a slot.
     *
     * @param past positions the slot holds already
     * @param tokens ids of the vocabulary
     * @param logits gets the logits after the last token; null when they are not wanted
     * @return whether it ran to its end; false after {@link #interrupt()}, when the slot is as before
     */
    public boolean prefill(int slot, int past, int[] tokens, float @Nullable [] logits) {
        checkBounds(past + tokens.length, tokens);
        try (Frame frame = new Frame(environment, 1, tokens.length, logits == null ? 0 : 1, shape.vocabulary(),
                cache.view(slot, 1)); OrtSession.RunOptions options = new OrtSession.RunOptions()) {
            for (int token : tokens) {
                frame.ids.put(token);
            }
            frame.lastPositions.put(0, past + tokens.length - 1);
            frame.longest.put(0, past + tokens.length);
            if (logits != null) {
                frame.wanted.put(0, tokens.length - 1);
            }
            if (!runInterruptibly(frame, options)) {
                return false;
            }
            if (logits != null) {
                frame.copyLogits(0, logits);
            }
            return true;
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    private boolean runInterruptibly(Frame frame, OrtSession.RunOptions options) throws OrtException {
        synchronized (interruption) {
            running = options;
            interrupted = false;
        }
        try {
            frame.run(session, options);
            return true;
        } catch (OrtException e) {
            synchronized (interruption) {
                if (interrupted) {
                    return false;
                }
            }
            throw e;
        } finally {
            synchronized (interruption) {
                running = null;
            }
        }
    }

    /** Ends the prefill that is running, if one is, within some milliseconds. */
    public void interrupt() {
        synchronized (interruption) {
            if (running != null) {
                interrupted = true;
                try {
                    running.setTerminate(true);
                } catch (OrtException e) {
                    throw failed(e);
                }
            }
        }
    }

    /**
     * Feeds one token to each of several neighbouring slots.
     *
     * @param firstSlot the first of them
     * @param tokens one id for each
     * @param pasts for each, the positions it holds already
     * @param wanted the rows, counted from 0, whose logits are wanted
     * @return gives, for an index into {@code wanted}, the logits; valid until the next run
     */
    public Logits decode(int firstSlot, int[] tokens, int[] pasts, int[] wanted) {
        try {
            DecodeKind kind = new DecodeKind(firstSlot, tokens.length, wanted.length);
            Frame frame = decodeFrames.get(kind);
            if (frame == null) {
                frame = new Frame(environment, tokens.length, 1, wanted.length, shape.vocabulary(),
                        cache.view(firstSlot, tokens.length));
                decodeFrames.put(kind, frame);
            }
            int longest = 0;
            for (int row = 0; row < tokens.length; row++) {
                frame.ids.put(row, tokens[row]);
                frame.lastPositions.put(row, pasts[row]);
                longest = Math.max(longest, pasts[row] + 1);
            }
            checkBounds(longest, tokens);
            frame.longest.put(0, longest);
            for (int i = 0; i < wanted.length; i++) {
                frame.wanted.put(i, wanted[i]);
            }
            frame.run(session, null);
            return frame::copyLogits;
        } catch (OrtException e) {
            throw failed(e);
        }
    }

    /** The logits of several positions. */
    @FunctionalInterface
    public interface Logits {
        /** Copies those of one position; {@code target} has room for the vocabulary. */
        void copy(int index, float[] target);
    }

    /** why: the runtime checks the upper ends itself, but takes negative ids for large ones. */
    private void checkBounds(int length, int[] tokens) {
        if (length > cache.positions()) {
            throw new IllegalArgumentException(length + " positions do not fit into " + cache.positions());
        }
        for (int token : tokens) {
            if (token < 0 || token >= shape.vocabulary()) {
                throw new IllegalArgumentException(token + " is no id of the vocabulary");
            }
        }
    }

    private static RbeesException failed(OrtException e) {
        return new RbeesException(ErrorCode.INFERENCE_FAILED, "ONNX Runtime failed while running the model", e);
    }

    @Override
    public void close() {
        decodeFrames.values().forEach(Frame::close);
        try {
            session.close();
        } catch (OrtException e) {
            throw failed(e);
        } finally {
            cache.close();
        }
    }
}
