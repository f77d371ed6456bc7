package dev.rbees.worker.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A small decoder as exporters write it: positions that are looked up, attention over the past and the new, a mask, two layers.
 *
 * @param merged whether it asks for {@code use_cache_branch} and only then looks at the past
 * @param half whether keys and values are float16
 * @param beside whether constants lie in a file beside the graph
 * @param lastOnly whether it is told how many positions' scores are wanted
 */
public record TinyExport(boolean merged, boolean half, boolean beside, boolean lastOnly) {

    public static final int VOCABULARY = 50;
    public static final int CONTEXT = 300;
    public static final int LAYERS = 2;
    static final int HEADS = 2;
    static final int SIZE = 4;
    static final int WIDTH = HEADS * SIZE;

    /** The matrices, in the order of their making. */
    @SuppressWarnings("ArrayRecordComponent")
    record Weights(float[] tokens, float[] places, List<float[]> layers, float[] head) {

        static Weights random(long seed) {
            Random random = new Random(seed);
            List<float[]> layers = new ArrayList<>();
            for (int i = 0; i < 5 * LAYERS; i++) {
                layers.add(numbers(random, WIDTH * WIDTH));
            }
            return new Weights(numbers(random, VOCABULARY * WIDTH), numbers(random, CONTEXT * WIDTH), layers,
                    numbers(random, WIDTH * VOCABULARY));
        }

        private static float[] numbers(Random random, int count) {
            float[] numbers = new float[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (float) random.nextGaussian() * 0.4f;
            }
            return numbers;
        }

        /** 0 to 4: query, key, value, output, feed-forward. */
        float[] of(int layer, int which) {
            return layers.get(5 * layer + which);
        }
    }

    /** Writes the graph and config.json into a folder. */
    public Path write(Path folder, long seed) {
        return write(folder, "model.onnx", seed);
    }

    public Path write(Path folder, String name, long seed) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("config.json"),
                    """
                    {"model_type":"tiny","num_hidden_layers":%d,"num_attention_heads":%d,"hidden_size":%d,"vocab_size":%d,
                     "max_position_embeddings":%d,"eos_token_id":[2,3]}""".formatted(LAYERS, HEADS, WIDTH, VOCABULARY,
                            CONTEXT));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        OnnxBuilder graph = new OnnxBuilder(beside);
        build(graph, Weights.random(seed));
        graph.write(folder, name);
        return folder;
    }

    private void build(OnnxBuilder graph, Weights weights) {
        int cacheType = half ? OnnxBuilder.FLOAT16 : OnnxBuilder.FLOAT;
        graph.input("input_ids", OnnxBuilder.INT64, "batch", "sequence").input("attention_mask", OnnxBuilder.INT64, "batch",
                "total").input("position_ids", OnnxBuilder.INT64, "batch", "sequence");
        if (merged) {
            graph.input("use_cache_branch", OnnxBuilder.BOOL, 1);
        }
        if (lastOnly) {
            graph.input("num_logits_to_keep", OnnxBuilder.INT64);
        }
        String x = graph.node("Add", List.of(
                graph.node("Gather", List.of(graph.floats(weights.tokens(), VOCABULARY, WIDTH), "input_ids")),
                graph.node("Gather", List.of(graph.floats(weights.places(), CONTEXT, WIDTH), "position_ids"))));
        String later = laterThanTheQuery(graph);
        for (int layer = 0; layer < LAYERS; layer++) {
            for (String kind : List.of("key", "value")) {
                graph.input(past(layer, kind), cacheType, "batch", HEADS, "past", SIZE);
                graph.output(present(layer, kind), cacheType, "batch", HEADS, "total", SIZE);
            }
            x = layer(graph, weights, layer, x, later);
        }
        if (lastOnly) {
            String from = graph.node("Unsqueeze", List.of(graph.node("Neg", List.of("num_logits_to_keep")),
                    graph.integers(0)));
            x = graph.node("Slice", List.of(x, from, graph.integers(Long.MAX_VALUE), graph.integers(1)));
        }
        graph.node("MatMul", List.of(x, graph.floats(weights.head(), WIDTH, VOCABULARY)), "logits");
        graph.output("logits", OnnxBuilder.FLOAT, "batch", "scores", VOCABULARY);
    }

    private static String past(int layer, String kind) {
        return "past_key_values." + layer + "." + kind;
    }

    private static String present(int layer, String kind) {
        return "present." + layer + "." + kind;
    }

    /** For each query and each position, whether the position comes after it: [batch, 1, sequence, total]. */
    private static String laterThanTheQuery(OnnxBuilder graph) {
        String counted = graph.node("CumSum", List.of("attention_mask", graph.integers(1)));
        String columns = graph.node("Sub", List.of(counted, graph.integers(1)));
        return graph.node("Greater", List.of(graph.node("Unsqueeze", List.of(columns, graph.integers(1, 2))),
                graph.node("Unsqueeze", List.of("position_ids", graph.integers(1, 3)))));
    }

    private String layer(OnnxBuilder graph, Weights weights, int layer, String x, String later) {
        String q = heads(graph, x, weights.of(layer, 0));
        String k = together(graph, layer, "key", heads(graph, x, weights.of(layer, 1)));
        String v = together(graph, layer, "value", heads(graph, x, weights.of(layer, 2)));
        String scores = graph.node("MatMul", List.of(q,
                graph.node("Transpose", List.of(k), OnnxBuilder.integerList("perm", 0, 1, 3, 2))));
        String masked = graph.node("Where", List.of(later, graph.floats(new float[] {-1e9f}, 1), scores));
        String context = graph.node("MatMul",
                List.of(graph.node("Softmax", List.of(masked), OnnxBuilder.integer("axis", -1)),
                        v));
        String flat = graph.node("Reshape", List.of(
                graph.node("Transpose", List.of(context), OnnxBuilder.integerList("perm", 0, 2, 1, 3)),
                graph.integers(0, 0, WIDTH)));
        String attended = graph.node("Add", List.of(x, times(graph, flat, weights.of(layer, 3))));
        return graph.node("Add", List.of(attended,
                graph.node("Tanh", List.of(times(graph, attended, weights.of(layer, 4))))));
    }

    private static String times(OnnxBuilder graph, String x, float[] matrix) {
        return graph.node("MatMul", List.of(x, graph.floats(matrix, WIDTH, WIDTH)));
    }

    private static String heads(OnnxBuilder graph, String x, float[] matrix) {
        return graph.node("Transpose", List.of(graph.node("Reshape", List.of(times(graph, x, matrix),
                graph.integers(0, 0, HEADS, SIZE)))), OnnxBuilder.integerList("perm", 0, 2, 1, 3));
    }

    /** The past and the new, as numbers of 32 bits; they are an output as well. */
    private String together(OnnxBuilder graph, int layer, String kind, String fresh) {
        String past = past(layer, kind);
        if (merged) {
            String name = "branch" + layer + kind;
            past = graph.node("If", List.of("use_cache_branch"),
                    OnnxBuilder.graphOf("then_branch", OnnxBuilder.nodeOf("Identity", List.of(past), name + "t"),
                            name + "t"),
                    OnnxBuilder.graphOf("else_branch", OnnxBuilder.nodeOf("Slice", List.of(past, graph.integers(0),
                            graph.integers(0), graph.integers(2)), name + "e"), name + "e"));
        }
        if (!half) {
            graph.node("Concat", List.of(past, fresh), present(layer, kind), OnnxBuilder.integer("axis", 2));
            return present(layer, kind);
        }
        graph.node("Concat",
                List.of(past, graph.node("Cast", List.of(fresh), OnnxBuilder.integer("to", OnnxBuilder.FLOAT16))),
                present(layer, kind), OnnxBuilder.integer("axis", 2));
        return graph.node("Cast", List.of(present(layer, kind)), OnnxBuilder.integer("to", OnnxBuilder.FLOAT));
    }

    /** The scores after the last of these tokens, calculated plainly with numbers of 64 bits. */
    public static double[] reference(long seed, int[] tokens) {
        Weights weights = Weights.random(seed);
        double[][] x = new double[tokens.length][WIDTH];
        for (int i = 0; i < tokens.length; i++) {
            for (int w = 0; w < WIDTH; w++) {
                x[i][w] = weights.tokens()[tokens[i] * WIDTH + w] + weights.places()[i * WIDTH + w];
            }
        }
        for (int layer = 0; layer < LAYERS; layer++) {
            x = layer(weights, layer, x);
        }
        return times(x[tokens.length - 1], weights.head(), VOCABULARY);
    }

    private static double[][] layer(Weights weights, int layer, double[][] x) {
        int n = x.length;
        double[][] k = new double[n][];
        double[][] v = new double[n][];
        double[][] result = new double[n][];
        for (int i = 0; i < n; i++) {
            k[i] = times(x[i], weights.of(layer, 1), WIDTH);
            v[i] = times(x[i], weights.of(layer, 2), WIDTH);
            double[] context = attend(times(x[i], weights.of(layer, 0), WIDTH), k, v, i);
            double[] attended = sum(x[i], times(context, weights.of(layer, 3), WIDTH));
            double[] fed = times(attended, weights.of(layer, 4), WIDTH);
            for (int w = 0; w < WIDTH; w++) {
                fed[w] = Math.tanh(fed[w]);
            }
            result[i] = sum(attended, fed);
        }
        return result;
    }

    private static double[] attend(double[] q, double[][] k, double[][] v, int last) {
        double[] context = new double[WIDTH];
        for (int head = 0; head < HEADS; head++) {
            double[] weight = new double[last + 1];
            double total = 0;
            for (int j = 0; j <= last; j++) {
                double score = 0;
                for (int d = head * SIZE; d < (head + 1) * SIZE; d++) {
                    score += q[d] * k[j][d];
                }
                weight[j] = Math.exp(score);
                total += weight[j];
            }
            for (int j = 0; j <= last; j++) {
                for (int d = head * SIZE; d < (head + 1) * SIZE; d++) {
                    context[d] += weight[j] / total * v[j][d];
                }
            }
        }
        return context;
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    private static double[] times(double[] x, float[] matrix, int columns) {
        double[] result = new double[columns];
        for (int row = 0; row < x.length; row++) {
            for (int column = 0; column < columns; column++) {
                result[column] += x[row] * matrix[row * columns + column];
            }
        }
        return result;
    }
}
