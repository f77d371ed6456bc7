package dev.rbees.worker.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.thread.Ownership;
import dev.rbees.worker.graph.ImportedModel;
import dev.rbees.worker.graph.ModelOutline;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.ModelFault;

/**
 * A decoder whose graph we wrote: all slots share one KV cache, which the graph reads and writes in place. Prompts may be read
 * with a session of their own ({@link PromptGraph}) over the same cache.
 */
public final class DecoderSession implements Decoder {

    private final OnnxRuntime runtime;
    private final MemorySegment session;
    /** Reads prompts; perhaps the same. */
    private final MemorySegment prompts;
    private final Device device;
    private final DecoderShape shape;
    private final KvCache cache;
    private final ResidentFiles files;
    private final RunWatch watch;
    private final DecodeFrames decodeFrames;
    private final Ownership decoding = new Ownership("what decode steps write into");
    private final Interruption interruption = new Interruption();

    private DecoderSession(OnnxRuntime runtime, MemorySegment session, MemorySegment prompts, Device device,
            DecoderShape shape, KvCache cache,
            ResidentFiles files, RunWatch watch) {
        this.runtime = runtime;
        this.session = session;
        this.prompts = prompts;
        this.device = device;
        this.shape = shape;
        this.cache = cache;
        this.files = files;
        this.watch = watch;
        this.decodeFrames = new DecodeFrames(cache.slots(), shape.vocabulary(),
                (kind, logits) -> frame(session, kind.firstSlot(), kind.rows(), 1, kind.wanted(), logits));
    }

    /** The same as {@link #open(ImportedModel, int, int, int, Device)} for the CPU. */
    public static DecoderSession open(ImportedModel model, int slots, int positions, int threads) {
        return open(model, slots, positions, threads, Device.cpu());
    }

    /**
     * Bytes that the weights of a model take, packed twice when prompts are read with a session of their own.
     *
     * @throws RbeesException MODEL_LOAD_FAILED
     */
    public static long weightsBytes(ImportedModel model, int positions, Device device) {
        try {
            int copies = PromptGraph.of(model, positions, device).isPresent() ? 2 : 1;
            return copies * model.description().weightsBytes();
        } catch (IOException e) {
            throw cannotLoad(e, false);
        }
    }

    /** About the same for a model that may not be imported yet; at most too much. */
    public static long weightsBytes(ModelOutline outline, Device device) {
        int copies = outline.fourBits() && PromptGraph.fits(outline.weightsBytes(), device) ? 2 : 1;
        return copies * outline.weightsBytes();
    }

    /**
     * Loads a model.
     *
     * @param slots sequences at a time
     * @param positions that each of them may have, at most the model's context length
     * @param threads that one run uses on the CPU
     * @param device computes, and holds the KV cache
     * @throws RbeesException MODEL_LOAD_FAILED, also when the device can not compute the model; INSUFFICIENT_VRAM when the
     *         device has too little memory for the model or the cache
     */
    public static DecoderSession open(ImportedModel model, int slots, int positions, int threads, Device device) {
        try {
            return open(model, slots, positions, threads, device, PromptGraph.of(model, positions, device));
        } catch (IOException e) {
            throw cannotLoad(e, false);
        }
    }

    /** @param promptGraph reads prompts, if it is there */
    static DecoderSession open(ImportedModel model, int slots, int positions, int threads, Device device,
            Optional<byte[]> promptGraph) throws IOException {
        try {
            Path graph = model.graph(positions);
            ResidentFiles files = ResidentFiles.of(graph, model.weights());
            OnnxRuntime runtime = OnnxRuntime.start();
            MemorySegment session = runtime.createSession(graph, threads, device);
            MemorySegment prompts = session;
            try {
                device.confirm(runtime, session);
                if (promptGraph.isPresent()) {
                    prompts = runtime.createSession(promptGraph.get(), graph, threads);
                }
                DecoderShape shape = model.description().shape();
                KvCache cache = KvCache.open(runtime, session, device, shape, slots, positions);
                return new DecoderSession(runtime, session, prompts, device, shape, cache, files,
                        new RunWatch(System::nanoTime));
            } catch (OrtFailure | RuntimeException e) {
                release(runtime, session, prompts);
                throw e;
            }
        } catch (OrtFailure e) {
            throw cannotLoad(e, e.isOutOfMemory());
        }
    }

    private static void release(OnnxRuntime runtime, MemorySegment session, MemorySegment prompts) {
        runtime.api().releaseSession(session);
        if (!prompts.equals(session)) {
            runtime.api().releaseSession(prompts);
        }
    }

    private static RbeesException cannotLoad(Exception e, boolean outOfMemory) {
        return outOfMemory
                ? new RbeesException(ErrorCode.INSUFFICIENT_VRAM, "the memory is too small for the weights of the model;"
                        + " take a smaller model, or stop another worker", e)
                : ModelFault.of(
                        "ONNX Runtime cannot load the imported model; remove its folder below RBEES_HOME/cache and try again",
                        e);
    }

    DecodeFrames decodeFrames() {
        return decodeFrames;
    }

    @Override
    public void claim() {
        decoding.claim();
    }

    @Override
    public int longestPiece() {
        return device.longestPiece();
    }

    /** why: a card loads a kernel when it is first used; the first piece of 2 048 tokens took 0.9 s instead of 9 ms. */
    @Override
    public void warmUp() {
        int piece = Math.min(longestPiece(), positions());
        if (piece > LONGEST_PIECE) {
            prefill(0, 0, new int[piece], new float[vocabulary()]);
        }
    }

    @Override
    public boolean exact() {
        return device.exact();
    }

    @Override
    public int positions() {
        return cache.positions();
    }

    @Override
    public int vocabulary() {
        return shape.vocabulary();
    }

    @Override
    public long cacheBytes() {
        return cache.bytes();
    }

    @Override
    public boolean prefill(int slot, int past, int[] tokens, float @Nullable [] logits) {
        checkBounds(past + tokens.length, tokens);
        if (tokens.length > longestPiece()) {
            throw new IllegalArgumentException("a piece of " + tokens.length + " tokens is longer than " + longestPiece());
        }
        int wanted = logits == null ? 0 : 1;
        try (Arena arena = Arena.ofConfined();
                Frame frame = frame(prompts, slot, 1, tokens.length, wanted,
                        Frame.logits(arena, wanted, shape.vocabulary()))) {
            for (int i = 0; i < tokens.length; i++) {
                frame.token(i, tokens[i]);
            }
            frame.lastPosition(0, past + tokens.length - 1);
            frame.longest(past + tokens.length);
            if (logits != null) {
                frame.wanted(0, tokens.length - 1);
            }
            if (!runInterruptibly(frame)) {
                return false;
            }
            if (logits != null) {
                frame.copyLogits(0, logits);
            }
            return true;
        } catch (OrtFailure e) {
            throw e.whileRunning();
        }
    }

    private Frame frame(MemorySegment used, int firstSlot, int rows, int tokens, int wanted, MemorySegment logits)
            throws OrtFailure {
        KvCache.View kv = cache.view(firstSlot, rows);
        try {
            return new Frame(runtime, device.binding(runtime, used), rows, tokens, wanted, logits, shape.vocabulary(), kv);
        } catch (OrtFailure | RuntimeException e) {
            kv.done(runtime.api());
            throw e;
        }
    }

    private boolean runInterruptibly(Frame frame) throws OrtFailure {
        MemorySegment options = runtime.api().createRunOptions();
        interruption.begin(() -> terminate(options));
        try {
            run(frame, options);
            return true;
        } catch (OrtFailure e) {
            if (interruption.happened()) {
                return false;
            }
            throw e;
        } finally {
            interruption.end();
            runtime.api().releaseRunOptions(options);
        }
    }

    private void terminate(MemorySegment options) {
        try {
            runtime.api().terminate(options);
        } catch (OrtFailure e) {
            throw e.whileRunning();
        }
    }

    private void run(Frame frame, MemorySegment options) throws OrtFailure {
        watch.begin();
        try {
            frame.run(options);
        } finally {
            watch.end();
        }
    }

    @Override
    public void interrupt() {
        interruption.interrupt();
    }

    @Override
    public Logits decode(int firstSlot, int[] tokens, int[] pasts, int[] wanted) {
        decoding.check();
        try {
            Frame frame = decodeFrames.of(new DecodeFrames.Kind(firstSlot, tokens.length, wanted.length));
            int longest = 0;
            for (int row = 0; row < tokens.length; row++) {
                frame.token(row, tokens[row]);
                frame.lastPosition(row, pasts[row]);
                longest = Math.max(longest, pasts[row] + 1);
            }
            checkBounds(longest, tokens);
            frame.longest(longest);
            for (int i = 0; i < wanted.length; i++) {
                frame.wanted(i, wanted[i]);
            }
            run(frame, MemorySegment.NULL);
            return frame::copyLogits;
        } catch (OrtFailure e) {
            throw e.whileRunning();
        }
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

    @Override
    public Optional<String> residencyProblem() {
        return device.problem().or(files::problem).or(watch::problem);
    }

    @Override
    public void close() {
        decodeFrames.close();
        cache.close();
        release(runtime, session, prompts);
    }
}
