package dev.rbees.worker.onnx;

import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import org.jspecify.annotations.Nullable;

/** Runs an exported graph for one sequence, with the inputs that it asks for. Safe for many threads. */
final class ExportedRun {

    /** What a run has made. */
    @SuppressWarnings("ArrayRecordComponent") // why: never compared
    record Step(ExportedCache cache, float @Nullable [] logits) {}

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;
    private final ExportedSignature signature;

    ExportedRun(OrtSession session, ExportedSignature signature) {
        this.session = session;
        this.signature = signature;
    }

    /**
     * @param ids that come after the past
     * @param wanted whether the scores after the last of them are wanted
     */
    Step of(ExportedCache past, int[] ids, boolean wanted, OrtSession.RunOptions options) throws OrtException {
        Map<String, OnnxTensor> integers = integers(past.length(), ids);
        try {
            Map<String, OnnxTensor> inputs = new HashMap<>(integers);
            Set<String> outputs = new HashSet<>();
            for (int i = 0; i < signature.caches().size(); i++) {
                inputs.put(signature.caches().get(i).past(), past.tensor(i));
                outputs.add(signature.caches().get(i).present());
            }
            if (wanted) {
                outputs.add(signature.logits());
            }
            // why: not closed as a whole, because the caches in it live on
            OrtSession.Result result = session.run(inputs, outputs, options);
            List<OnnxTensor> presents = signature.caches().stream().map(cache -> output(result, cache.present())).toList();
            ExportedCache cache = new ExportedCache(presents, past.length() + ids.length);
            if (!wanted) {
                return new Step(cache, null);
            }
            try (OnnxTensor logits = output(result, signature.logits())) {
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
        for (Map.Entry<String, ExportedSignature.Whole> input : signature.integers().entrySet()) {
            OnnxJavaType type = input.getValue().type();
            tensors.put(input.getKey(), switch (input.getValue().role()) {
                case ExportedSignature.IDS -> tensor(type, Arrays.stream(ids).asLongStream().toArray());
                case ExportedSignature.MASK -> tensor(type, filled(past + ids.length, 1));
                case ExportedSignature.POSITIONS -> tensor(type, counted(past, ids.length));
                case ExportedSignature.TOKEN_TYPES -> tensor(type, filled(ids.length, 0));
                case ExportedSignature.WITH_PAST -> OnnxTensor.createTensor(environment, new boolean[] {past > 0});
                default -> scalar(type);
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
}
