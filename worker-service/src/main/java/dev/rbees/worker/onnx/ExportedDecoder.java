package dev.rbees.worker.onnx;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

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

    /** What a run has made. */
    @SuppressWarnings("ArrayRecordComponent") // why: never compared
    private record Step(ExportedCache cache, float @Nullable [] logits) {}

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final ExportedModel model;
    private final ExportedSignature signature;
    private final int positions;
    private final List<ExportedSlot> slots = new ArrayList<>();
    private final Object interruption = new Object();
    /** The options of the prefill that runs; guarded by {@link #interruption}. */
    private OrtSession.@Nullable RunOptions running;
    private boolean interrupted;

    private ExportedDecoder(OrtSession session, ExportedModel model, ExportedSignature signature, int slotCount,
            int positions)
            throws OrtException {
        this.session = session;
        this.model = model;
        this.signature = signature;
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
            begin(options);
            try {
                feed(slot, all, Math.min(past, slot.valid()) / BLOCK * BLOCK, logits, options);
                return true;
            } finally {
                end();
            }
        } catch (OrtException e) {
            synchronized (interruption) {
                if (interrupted) {
                    return false;
                }
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
                Step step = run(cache, Arrays.copyOfRange(all, at, end), wanted, options);
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

    private void begin(OrtSession.RunOptions options) {
        synchronized (interruption) {
            running = options;
            interrupted = false;
        }
    }

    private void end() {
        synchronized (interruption) {
            running = null;
        }
    }

    private static void closeUnless(ExportedCache kept, ExportedCache cache) {
        if (cache != kept) {
            cache.close();
        }
    }

    @Override
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

    @Override
    public Logits decode(int firstSlot, int[] tokens, int[] pasts, int[] wanted) {
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
                Step step = run(cache, new int[] {tokens[at]}, at == tokens.length - 1, options);
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

    private Step run(ExportedCache past, int[] ids, boolean wanted, OrtSession.RunOptions options) throws OrtException {
        Map<String, OnnxTensor> integers = integers(past.length(), ids);
        try {
            Map<String, OnnxTensor> inputs = new HashMap<>(integers);
            Set<String> outputs = new HashSet<>();
            for (int i = 0; i < signature.caches().size(); i++) {
                inputs.put(signature.caches().get(i).past(), past.tensor(i));
                outputs.add(signature.caches().get(i).present());
            }
            if (wanted) {
                outputs.add(ExportedSignature.LOGITS);
            }
            // why: not closed as a whole, because the caches in it live on
            OrtSession.Result result = session.run(inputs, outputs, options);
            List<OnnxTensor> presents = signature.caches().stream().map(cache -> output(result, cache.present())).toList();
            ExportedCache cache = new ExportedCache(presents, past.length() + ids.length);
            if (!wanted) {
                return new Step(cache, null);
            }
            try (OnnxTensor logits = output(result, ExportedSignature.LOGITS)) {
                return new Step(cache, lastRow(logits));
            }
        } finally {
            integers.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor output(OrtSession.Result result, String name) {
        return (OnnxTensor) result.get(name).orElseThrow();
    }

    private static float[] lastRow(OnnxTensor logits) {
        long[] shape = logits.getInfo().getShape();
        FloatBuffer scores = logits.getFloatBuffer();
        float[] row = new float[Math.toIntExact(shape[2])];
        scores.get(scores.limit() - row.length, row);
        return row;
    }

    /** The inputs of whole numbers that the graph asks for. */
    private Map<String, OnnxTensor> integers(int past, int[] ids) throws OrtException {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        for (Map.Entry<String, OnnxJavaType> input : signature.integers().entrySet()) {
            String name = input.getKey();
            tensors.put(name, switch (name) {
                case ExportedSignature.IDS -> tensor(input.getValue(), Arrays.stream(ids).asLongStream().toArray());
                case ExportedSignature.MASK -> tensor(input.getValue(), filled(past + ids.length, 1));
                case ExportedSignature.POSITIONS -> tensor(input.getValue(), counted(past, ids.length));
                case ExportedSignature.TOKEN_TYPES -> tensor(input.getValue(), filled(ids.length, 0));
                case ExportedSignature.WITH_PAST -> OnnxTensor.createTensor(environment, new boolean[] {past > 0});
                default -> scalar(input.getValue());
            });
        }
        return tensors;
    }

    private static long[] filled(int count, long value) {
        long[] values = new long[count];
        Arrays.fill(values, value);
        return values;
    }

    private static long[] counted(int first, int count) {
        long[] values = new long[count];
        Arrays.setAll(values, i -> first + i);
        return values;
    }

    private OnnxTensor tensor(OnnxJavaType type, long[] values) throws OrtException {
        long[] shape = {1, values.length};
        return type == OnnxJavaType.INT64
                ? OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape)
                : OnnxTensor.createTensor(environment,
                        IntBuffer.wrap(Arrays.stream(values).mapToInt(Math::toIntExact).toArray()), shape);
    }

    /** The number 1 without dimensions. */
    private OnnxTensor scalar(OnnxJavaType type) throws OrtException {
        return type == OnnxJavaType.INT64
                ? OnnxTensor.createTensor(environment, 1L)
                : OnnxTensor.createTensor(environment, 1);
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
        return new RbeesException(ErrorCode.INFERENCE_FAILED, "ONNX Runtime failed while running the model", e);
    }

    @Override
    public void close() {
        slots.forEach(ExportedSlot::close);
        ExportedSession.close(session);
    }
}
