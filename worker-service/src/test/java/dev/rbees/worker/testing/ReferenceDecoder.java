package dev.rbees.worker.testing;

import java.util.Map;
import java.util.Objects;

/** The forward pass of a {@link TinyModel} in plain Java with doubles, from the definition of the architecture. */
public final class ReferenceDecoder {

    private final TinyModel model;
    private final Map<String, byte[]> data;

    public ReferenceDecoder(TinyModel model, Map<String, byte[]> data) {
        this.model = model;
        this.data = data;
    }

    /** The scores after the last of the tokens. */
    public double[] logits(int[] tokens) {
        int width = model.width();
        float[] embedding = numbers("token_embd.weight");
        double[][] x = new double[tokens.length][width];
        for (int t = 0; t < tokens.length; t++) {
            for (int i = 0; i < width; i++) {
                x[t][i] = embedding[tokens[t] * width + i];
            }
        }
        for (int layer = 0; layer < model.layers(); layer++) {
            String name = "blk." + layer + ".";
            add(x, attention(norm(x, name + "attn_norm.weight"), name));
            add(x, feedForward(norm(x, name + "ffn_norm.weight"), name));
        }
        double[][] last = {norm(x, "output_norm.weight")[tokens.length - 1]};
        return multiply(last, model.tied() ? "token_embd.weight" : "output.weight")[0];
    }

    private double[][] attention(double[][] input, String name) {
        int size = model.headSize();
        double[][] q = multiply(input, name + "attn_q.weight");
        double[][] k = multiply(input, name + "attn_k.weight");
        double[][] v = multiply(input, name + "attn_v.weight");
        for (int t = 0; t < input.length; t++) {
            rotate(q[t], t, size);
            rotate(k[t], t, size);
        }
        double[][] out = new double[input.length][model.width()];
        for (int head = 0; head < model.heads(); head++) {
            int group = head / (model.heads() / model.kvHeads());
            for (int t = 0; t < input.length; t++) {
                double[] weights = new double[t + 1];
                double total = 0;
                for (int s = 0; s <= t; s++) {
                    double score = 0;
                    for (int i = 0; i < size; i++) {
                        score += q[t][head * size + i] * k[s][group * size + i];
                    }
                    weights[s] = Math.exp(score / Math.sqrt(size));
                    total += weights[s];
                }
                for (int s = 0; s <= t; s++) {
                    for (int i = 0; i < size; i++) {
                        out[t][head * size + i] += weights[s] / total * v[s][group * size + i];
                    }
                }
            }
        }
        return multiply(out, name + "attn_output.weight");
    }

    /** Rotates neighbouring pairs, as GGUF has them for this architecture. */
    private static void rotate(double[] x, int position, int size) {
        for (int start = 0; start < x.length; start += size) {
            for (int i = 0; i < size; i += 2) {
                double angle = position * Math.pow(TinyModel.ROPE_BASE, -(double) i / size);
                double a = x[start + i];
                double b = x[start + i + 1];
                x[start + i] = a * Math.cos(angle) - b * Math.sin(angle);
                x[start + i + 1] = a * Math.sin(angle) + b * Math.cos(angle);
            }
        }
    }

    private double[][] feedForward(double[][] input, String name) {
        double[][] gate = multiply(input, name + "ffn_gate.weight");
        double[][] up = multiply(input, name + "ffn_up.weight");
        for (int t = 0; t < input.length; t++) {
            for (int i = 0; i < gate[t].length; i++) {
                gate[t][i] = gate[t][i] / (1 + Math.exp(-gate[t][i])) * up[t][i];
            }
        }
        return multiply(gate, name + "ffn_down.weight");
    }

    private double[][] norm(double[][] x, String gainName) {
        float[] gain = numbers(gainName);
        double[][] out = new double[x.length][gain.length];
        for (int t = 0; t < x.length; t++) {
            double squares = 0;
            for (double value : x[t]) {
                squares += value * value;
            }
            double scale = 1 / Math.sqrt(squares / gain.length + TinyModel.EPSILON);
            for (int i = 0; i < gain.length; i++) {
                out[t][i] = x[t][i] * scale * gain[i];
            }
        }
        return out;
    }

    private double[][] multiply(double[][] x, String name) {
        long[] shape = model.shape(name);
        int columns = (int) shape[0];
        int rows = (int) shape[1];
        float[] weights = numbers(name);
        double[][] out = new double[x.length][rows];
        for (int t = 0; t < x.length; t++) {
            for (int row = 0; row < rows; row++) {
                for (int i = 0; i < columns; i++) {
                    out[t][row] += x[t][i] * weights[row * columns + i];
                }
            }
        }
        return out;
    }

    private float[] numbers(String name) {
        long[] shape = model.shape(name);
        int count = (int) (shape[0] * (shape.length > 1 ? shape[1] : 1));
        return ReferenceBlocks.numbers(model.encodingOf(name), Objects.requireNonNull(data.get(name)), count);
    }

    private static void add(double[][] x, double[][] y) {
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < x[t].length; i++) {
                x[t][i] += y[t][i];
            }
        }
    }
}
