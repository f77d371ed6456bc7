package dev.rbees.worker.testing;

import java.util.Arrays;
import java.util.List;

import dev.rbees.worker.model.Architecture.Trait;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.Rotary;

/** The forward pass of a decoder in plain Java with doubles, from the definition of the architecture. */
public final class ReferenceDecoder {

    /** The numbers of a tensor, row by row, by the name that GGUF has for it; null when there is none. */
    @FunctionalInterface
    public interface Weights {
        float @org.jspecify.annotations.Nullable [] numbers(String name);

        default float[] require(String name) {
            float[] numbers = numbers(name);
            if (numbers == null) {
                throw new IllegalArgumentException(name);
            }
            return numbers;
        }
    }

    private final DecoderShape shape;
    private final Weights weights;

    public ReferenceDecoder(DecoderShape shape, Weights weights) {
        this.shape = shape;
        this.weights = weights;
    }

    /** The scores after the last of the tokens. */
    public double[] logits(int[] tokens) {
        int width = shape.width();
        float[] embedding = weights.require("token_embd.weight");
        double[][] x = new double[tokens.length][width];
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < width; i++) {
                x[t][i] = embedding[tokens[t] * width + i] * (shape.has(Trait.SCALED_EMBEDDING) ? Math.sqrt(width) : 1);
            }
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            String name = "blk." + layer + ".";
            double[][] attended = attention(norm(x, name + "attn_norm.weight"), name, layer);
            add(x, shape.has(Trait.POST_NORMS) ? norm(attended, name + "post_attention_norm.weight") : attended);
            double[][] forwarded = feedForward(norm(x, name + "ffn_norm.weight"), name);
            add(x, shape.has(Trait.POST_NORMS) ? norm(forwarded, name + "post_ffw_norm.weight") : forwarded);
        }
        double[][] last = {norm(x, "output_norm.weight")[tokens.length - 1]};
        String head = weights.numbers("output.weight") == null ? "token_embd" : "output";
        double[] logits = multiply(last, head, shape.vocabulary())[0];
        return shape.logitCap() == 0 ? logits : Arrays.stream(logits).map(l -> cap(l, shape.logitCap())).toArray();
    }

    private static double cap(double value, double cap) {
        return Math.tanh(value / cap) * cap;
    }

    private double[][] attention(double[][] input, String name, int layer) {
        int size = shape.headSize();
        double[][] q;
        double[][] k;
        double[][] v;
        if (shape.has(Trait.FUSED_MATRICES)) {
            double[][] all = multiply(input, name + "attn_qkv", shape.queryWidth() + 2 * shape.keyWidth());
            q = part(all, 0, shape.queryWidth());
            k = part(all, shape.queryWidth(), shape.keyWidth());
            v = part(all, shape.queryWidth() + shape.keyWidth(), shape.keyWidth());
        } else {
            q = multiply(input, name + "attn_q", shape.queryWidth());
            k = multiply(input, name + "attn_k", shape.keyWidth());
            v = multiply(input, name + "attn_v", shape.keyWidth());
        }
        if (shape.has(Trait.HEAD_NORMS)) {
            normHeads(q, name + "attn_q_norm.weight");
            normHeads(k, name + "attn_k_norm.weight");
        }
        int window = shape.attention().windowOf(layer);
        Rotary windowed = shape.attention().windowedRotary();
        Rotary rotary = window > 0 && windowed != null ? windowed : shape.attention().rotary();
        for (int t = 0; t < input.length; t++) {
            rotate(q[t], t, rotary);
            rotate(k[t], t, rotary);
        }
        double[][] out = new double[input.length][shape.queryWidth()];
        for (int head = 0; head < shape.heads(); head++) {
            for (int t = 0; t < input.length; t++) {
                attend(q[t], k, v, head, t, window == 0 ? 0 : Math.max(0, t - window + 1), size, out[t]);
            }
        }
        return multiply(out, name + "attn_output", shape.width());
    }

    private void attend(double[] q, double[][] k, double[][] v, int head, int t, int first, int size, double[] out) {
        int group = head / (shape.heads() / shape.kvHeads());
        double[] shares = new double[t + 1];
        double total = 0;
        for (int s = first; s <= t; s++) {
            double score = 0;
            for (int i = 0; i < size; i++) {
                score += q[head * size + i] * k[s][group * size + i];
            }
            score *= shape.attention().scale();
            shares[s] = Math.exp(shape.attention().cap() == 0 ? score : cap(score, shape.attention().cap()));
            total += shares[s];
        }
        for (int s = first; s <= t; s++) {
            for (int i = 0; i < size; i++) {
                out[head * size + i] += shares[s] / total * v[s][group * size + i];
            }
        }
    }

    private void rotate(double[] x, int position, Rotary rotary) {
        int pairs = rotary.dimensions() / 2;
        List<Double> frequencies = rotary.frequencies();
        for (int start = 0; start < x.length; start += shape.headSize()) {
            for (int pair = 0; pair < pairs; pair++) {
                int one = start + (rotary.interleaved() ? 2 * pair : pair);
                int other = rotary.interleaved() ? one + 1 : one + pairs;
                double cos = Math.cos(position * frequencies.get(pair)) * rotary.magnitude();
                double sin = Math.sin(position * frequencies.get(pair)) * rotary.magnitude();
                double a = x[one];
                double b = x[other];
                x[one] = a * cos - b * sin;
                x[other] = a * sin + b * cos;
            }
        }
    }

    private double[][] feedForward(double[][] input, String name) {
        int width = shape.feedForward();
        double[][] gate;
        double[][] up;
        if (shape.has(Trait.FUSED_MATRICES)) {
            double[][] both = multiply(input, name + "ffn_up", 2 * width);
            gate = part(both, 0, width);
            up = part(both, width, width);
        } else {
            gate = multiply(input, name + "ffn_gate", width);
            up = multiply(input, name + "ffn_up", width);
        }
        for (int t = 0; t < input.length; t++) {
            for (int i = 0; i < width; i++) {
                gate[t][i] = activate(gate[t][i]) * up[t][i];
            }
        }
        return multiply(gate, name + "ffn_down", shape.width());
    }

    private double activate(double x) {
        return shape.has(Trait.GELU)
                ? x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
                : x / (1 + Math.exp(-x));
    }

    private double[][] norm(double[][] x, String gain) {
        return Arrays.stream(x).map(row -> norm(row, gain)).toArray(double[][]::new);
    }

    private void normHeads(double[][] x, String gain) {
        int size = shape.headSize();
        for (double[] row : x) {
            for (int start = 0; start < row.length; start += size) {
                double[] normed = norm(Arrays.copyOfRange(row, start, start + size), gain);
                System.arraycopy(normed, 0, row, start, size);
            }
        }
    }

    private double[] norm(double[] x, String gainName) {
        float[] gain = weights.require(gainName);
        double squares = Arrays.stream(x).map(value -> value * value).sum();
        double scale = 1 / Math.sqrt(squares / x.length + shape.normEpsilon());
        double[] out = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            out[i] = x[i] * scale * (gain[i] + shape.normOffset());
        }
        return out;
    }

    private double[][] multiply(double[][] x, String name, int rows) {
        float[] numbers = weights.require(name + ".weight");
        float[] bias = weights.numbers(name + ".bias");
        double[][] out = new double[x.length][rows];
        for (int t = 0; t < x.length; t++) {
            for (int row = 0; row < rows; row++) {
                out[t][row] = bias == null ? 0 : bias[row];
                for (int i = 0; i < x[t].length; i++) {
                    out[t][row] += x[t][i] * numbers[row * x[t].length + i];
                }
            }
        }
        return out;
    }

    private static double[][] part(double[][] x, int from, int count) {
        return Arrays.stream(x).map(row -> Arrays.copyOfRange(row, from, from + count)).toArray(double[][]::new);
    }

    private static void add(double[][] x, double[][] y) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += y[t][i];
            }
        }
    }
}
