package dev.rbees.worker.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.jspecify.annotations.Nullable;

import dev.rbees.worker.graph.DecoderNames;

/**
 * The inputs and outputs of one kind of run: {@code rows} rows of {@code tokens} tokens, of which {@code wanted} positions
 * give logits. The buffers are written before a run and read after it; the tensors over them are made once.
 */
final class Frame implements AutoCloseable {

    final LongBuffer ids;
    final IntBuffer lastPositions;
    final IntBuffer longest;
    final LongBuffer wanted;
    final FloatBuffer logits;

    private final OrtEnvironment environment;
    private final int vocabulary;
    private final List<OnnxTensor> own = new ArrayList<>();
    private final Map<String, OnnxTensorLike> inputs = new HashMap<>();
    private final Map<String, OnnxValue> outputs = new HashMap<>();

    Frame(OrtEnvironment environment, int rows, int tokens, int wantedCount, int vocabulary, KvCache.View kv)
            throws OrtException {
        this.environment = environment;
        this.vocabulary = vocabulary;
        ids = buffer(DecoderNames.INPUT_IDS, OnnxJavaType.INT64, rows, tokens).asLongBuffer();
        lastPositions = buffer(DecoderNames.LAST_POSITIONS, OnnxJavaType.INT32, rows).asIntBuffer();
        longest = buffer(DecoderNames.LONGEST, OnnxJavaType.INT32, 1).asIntBuffer();
        wanted = buffer(DecoderNames.WANTED, OnnxJavaType.INT64, wantedCount).asLongBuffer();
        logits = buffer(DecoderNames.LOGITS, OnnxJavaType.FLOAT, wantedCount, vocabulary).asFloatBuffer();
        inputs.putAll(kv.inputs());
        outputs.putAll(kv.outputs());
        OnnxTensorLike logitsTensor = inputs.remove(DecoderNames.LOGITS);
        if (logitsTensor instanceof OnnxTensor tensor) {
            outputs.put(DecoderNames.LOGITS, tensor);
        }
    }

    private ByteBuffer buffer(String name, OnnxJavaType type, long... dimensions) throws OrtException {
        int bytes = type.size;
        for (long dimension : dimensions) {
            bytes = Math.toIntExact(bytes * dimension);
        }
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        OnnxTensor tensor = OnnxTensor.createTensor(environment, buffer, dimensions, type);
        own.add(tensor);
        inputs.put(name, tensor);
        return buffer;
    }

    void run(OrtSession session, OrtSession.@Nullable RunOptions options) throws OrtException {
        // why: every output is pinned, so the result owns nothing
        session.run(inputs, Set.of(), outputs, options).close();
    }

    /** Copies the logits of the wanted position {@code index} into {@code target}, which has room for the vocabulary. */
    void copyLogits(int index, float[] target) {
        logits.get(index * vocabulary, target, 0, vocabulary);
    }

    @Override
    public void close() {
        own.forEach(OnnxTensor::close);
    }
}
