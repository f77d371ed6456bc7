package dev.rbees.worker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A small encoder as exporters write it: one layer of attention in all directions, with norms.
 *
 * @param tokenTypes whether it asks for them
 * @param pooled whether it gives the mean itself, as {@code sentence_embedding}
 */
public record TinyBert(boolean tokenTypes, boolean pooled) {

    public static final int VOCABULARY = 40;
    public static final int PLACES = 32;
    public static final int WIDTH = 6;
    private static final double EPSILON = 1e-5;

    @SuppressWarnings("ArrayRecordComponent")
    private record Weights(float[] tokens, float[] places, float[] type, float[] q, float[] k, float[] v, float[] out) {
        static Weights random(long seed) {
            Random random = new Random(seed);
            return new Weights(numbers(random, VOCABULARY * WIDTH), numbers(random, PLACES * WIDTH), numbers(random, WIDTH),
                    numbers(random, WIDTH * WIDTH), numbers(random, WIDTH * WIDTH), numbers(random, WIDTH * WIDTH),
                    numbers(random, WIDTH * WIDTH));
        }

        private static float[] numbers(Random random, int count) {
            float[] numbers = new float[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (float) random.nextGaussian();
            }
            return numbers;
        }
    }

    /** Writes the graph and config.json into a folder. */
    public Path write(Path folder, long seed) {
        Weights weights = Weights.random(seed);
        OnnxBuilder graph = new OnnxBuilder(false).input("input_ids", OnnxBuilder.INT64, "b", "s")
                .input("attention_mask", OnnxBuilder.INT64, "b", "s");
        String words = graph.node("Gather", List.of(graph.floats(weights.tokens(), VOCABULARY, WIDTH), "input_ids"));
        if (tokenTypes) {
            graph.input("token_type_ids", OnnxBuilder.INT64, "b", "s");
            words = graph.node("Add", List.of(words, graph.node("Gather",
                    List.of(graph.floats(weights.type(), 1, WIDTH), "token_type_ids"))));
        }
        String length = graph.node("Slice", List.of(graph.node("Shape", List.of("input_ids")), graph.integers(1),
                graph.integers(2), graph.integers(0)));
        String places = graph.node("Slice", List.of(graph.floats(weights.places(), PLACES, WIDTH), graph.integers(0), length,
                graph.integers(0)));
        String x = norm(graph, graph.node("Add", List.of(words, places)));
        String scores = graph.node("MatMul", List.of(times(graph, x, weights.q()),
                graph.node("Transpose", List.of(times(graph, x, weights.k())), OnnxBuilder.integerList("perm", 0, 2, 1))));
        String attended = graph.node("MatMul", List.of(
                graph.node("Softmax", List.of(scores), OnnxBuilder.integer("axis", -1)), times(graph, x, weights.v())));
        String hidden = norm(graph, graph.node("Add", List.of(x, times(graph, attended, weights.out()))));
        if (pooled) {
            graph.node("ReduceMean", List.of(hidden), "sentence_embedding", OnnxBuilder.integerList("axes", 1),
                    OnnxBuilder.integer("keepdims", 0));
            graph.output("sentence_embedding", OnnxBuilder.FLOAT, "b", WIDTH);
        } else {
            graph.node("Identity", List.of(hidden), "last_hidden_state");
            graph.output("last_hidden_state", OnnxBuilder.FLOAT, "b", "s", WIDTH);
        }
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("config.json"),
                    "{\"model_type\":\"bert\",\"max_position_embeddings\":" + PLACES + "}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        graph.write(folder, "model.onnx");
        return folder;
    }

    private static String times(OnnxBuilder graph, String x, float[] matrix) {
        return graph.node("MatMul", List.of(x, graph.floats(matrix, WIDTH, WIDTH)));
    }

    private static String norm(OnnxBuilder graph, String x) {
        float[] ones = new float[WIDTH];
        Arrays.fill(ones, 1);
        return graph.node("LayerNormalization", List.of(x, graph.floats(ones, WIDTH)), OnnxBuilder.integer("axis", -1));
    }

    /** What the graph makes of each token, calculated plainly with numbers of 64 bits. */
    public double[][] reference(long seed, int[] ids) {
        Weights weights = Weights.random(seed);
        int n = ids.length;
        double[][] x = new double[n][WIDTH];
        double[][] k = new double[n][];
        double[][] v = new double[n][];
        for (int i = 0; i < n; i++) {
            for (int w = 0; w < WIDTH; w++) {
                x[i][w] = weights.tokens()[ids[i] * WIDTH + w] + weights.places()[i * WIDTH + w]
                        + (tokenTypes ? weights.type()[w] : 0);
            }
            norm(x[i]);
            k[i] = times(x[i], weights.k());
            v[i] = times(x[i], weights.v());
        }
        double[][] result = new double[n][];
        for (int i = 0; i < n; i++) {
            double[] changed = times(attend(times(x[i], weights.q()), k, v), weights.out());
            for (int w = 0; w < WIDTH; w++) {
                changed[w] += x[i][w];
            }
            norm(changed);
            result[i] = changed;
        }
        return result;
    }

    private static double[] attend(double[] q, double[][] k, double[][] v) {
        double[] weight = new double[k.length];
        double total = 0;
        for (int j = 0; j < k.length; j++) {
            double score = 0;
            for (int w = 0; w < WIDTH; w++) {
                score += q[w] * k[j][w];
            }
            weight[j] = Math.exp(score);
            total += weight[j];
        }
        double[] sum = new double[WIDTH];
        for (int j = 0; j < k.length; j++) {
            for (int w = 0; w < WIDTH; w++) {
                sum[w] += weight[j] / total * v[j][w];
            }
        }
        return sum;
    }

    private static double[] times(double[] x, float[] matrix) {
        double[] result = new double[WIDTH];
        for (int row = 0; row < WIDTH; row++) {
            for (int column = 0; column < WIDTH; column++) {
                result[column] += x[row] * matrix[row * WIDTH + column];
            }
        }
        return result;
    }

    private static void norm(double[] x) {
        double mean = Arrays.stream(x).average().orElseThrow();
        double variance = Arrays.stream(x).map(value -> (value - mean) * (value - mean)).average().orElseThrow();
        for (int i = 0; i < x.length; i++) {
            x[i] = (x[i] - mean) / Math.sqrt(variance + EPSILON);
        }
    }
}
