package dev.rbees.worker.onnx;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.Sha256;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.onnx.EmbeddingModel.Pooling;

/**
 * An encoder in memory. Safe for many threads.
 *
 * <p>
 * Each text runs alone: graphs with 8-bit activations scale them by the largest of the whole batch, so that a text's embedding
 * would depend on its neighbours.
 */
public final class EmbeddingSession implements AutoCloseable {

    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String TOKEN_TYPES = "token_type_ids";
    private static final int MAX_DIMENSIONS = 1 << 16;
    private static final int PROBE_TOKENS = 24;
    private static final int HEX_DIGITS = 16;

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final EmbeddingModel model;
    private final Set<String> inputs;

    private EmbeddingSession(OrtSession session, EmbeddingModel model, Set<String> inputs) {
        this.session = session;
        this.model = model;
        this.inputs = inputs;
    }

    /**
     * Loads a model for the CPU.
     *
     * @param threads that one run uses
     * @throws RbeesException MODEL_LOAD_FAILED
     */
    public static EmbeddingSession open(EmbeddingModel model, int threads) {
        OrtSession session = ExportedSession.open(model.graph(), threads);
        try {
            return new EmbeddingSession(session, model, inputs(session.getInputInfo()));
        } catch (OrtException e) {
            ExportedSession.close(session);
            throw ExportedSession.notLoaded(model.graph(), e);
        } catch (RbeesException e) {
            ExportedSession.close(session);
            throw e;
        }
    }

    private static Set<String> inputs(Map<String, NodeInfo> infos) {
        Set<String> names = new TreeSet<>();
        for (NodeInfo info : infos.values()) {
            boolean known = Set.of(IDS, MASK, TOKEN_TYPES).contains(info.getName())
                    && info.getInfo() instanceof TensorInfo tensor && tensor.type == OnnxJavaType.INT64
                    && tensor.getShape().length == 2;
            if (!known) {
                throw ModelFault
                        .of("rbees cannot run this ONNX graph: it has an input that rbees does not know: " + info.getName());
            }
            names.add(info.getName());
        }
        if (!names.contains(IDS)) {
            throw ModelFault.of("rbees cannot run this ONNX graph: it has no input " + IDS);
        }
        return names;
    }

    /**
     * The embedding of a text.
     *
     * @param ids its tokens, those included that the model adds; at least one
     * @throws RbeesException INFERENCE_FAILED
     */
    public float[] embed(int[] ids) {
        Map<String, OnnxTensor> tensors = new HashMap<>();
        try {
            for (String input : inputs) {
                tensors.put(input, OnnxTensor.createTensor(environment, LongBuffer.wrap(values(input, ids)),
                        new long[] {1, ids.length}));
            }
            try (OrtSession.Result result = session.run(tensors, Set.of(model.output()))) {
                return normalise(pool((OnnxTensor) result.get(0), ids.length));
            }
        } catch (OrtException e) {
            throw new OrtFailure(e).whileRunning();
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private static long[] values(String input, int[] ids) {
        long[] values = new long[ids.length];
        Arrays.setAll(values, i -> switch (input) {
            case IDS -> ids[i];
            case MASK -> 1;
            default -> 0;
        });
        return values;
    }

    private double[] pool(OnnxTensor output, int tokens) {
        FloatBuffer numbers = output.getFloatBuffer();
        int rows = model.pooling() == Pooling.DONE ? 1 : tokens;
        int width = numbers.remaining() / rows;
        if (width == 0 || width > MAX_DIMENSIONS || width * rows != numbers.remaining()) {
            throw new RbeesException(ErrorCode.INFERENCE_FAILED, "the model gave " + numbers.remaining()
                    + " numbers for a text of " + tokens + " tokens");
        }
        int used = model.pooling() == Pooling.MEAN ? rows : 1;
        double[] embedding = new double[width];
        for (int row = 0; row < used; row++) {
            for (int i = 0; i < width; i++) {
                embedding[i] += numbers.get(row * width + i) / (double) used;
            }
        }
        return embedding;
    }

    private float[] normalise(double[] numbers) {
        double length = model.normalised() ? Math.sqrt(Arrays.stream(numbers).map(x -> x * x).sum()) : 1;
        float[] result = new float[numbers.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (numbers[i] / Math.max(length, 1e-12));
            if (!Float.isFinite(result[i])) {
                throw new RbeesException(ErrorCode.INFERENCE_FAILED, "the model gave numbers that are not finite");
            }
        }
        return result;
    }

    /**
     * Says how the model calculates on this machine: equal where embeddings are equal bit for bit. Finding it is also the
     * first run, which is slow.
     *
     * @param ids of the vocabulary from 0 on that may be fed
     */
    public String fingerprint(int ids) {
        int[] tokens = new int[Math.min(PROBE_TOKENS, model.maxTokens())];
        Arrays.setAll(tokens, i -> (int) ((i + 1) * 7919L % ids));
        float[] embedding = embed(tokens);
        ByteBuffer bytes = ByteBuffer.allocate(embedding.length * Float.BYTES);
        bytes.asFloatBuffer().put(embedding);
        return Sha256.of(bytes.array()).substring(0, HEX_DIGITS);
    }

    @Override
    public void close() {
        ExportedSession.close(session);
    }
}
