package dev.rbees.worker.model;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.model.Architecture.Trait;

/**
 * The dimensions and constants of a decoder-only language model.
 *
 * @param architecture its family
 * @param layers transformer blocks
 * @param width of the residual stream
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headSize numbers per head
 * @param feedForward width inside the feed-forward part
 * @param vocabulary ids
 * @param contextLength positions it was trained for
 * @param normEpsilon of the RMS norms
 * @param normOffset what the stored weights of norms lack: 0 or 1
 * @param attention constants of attention
 * @param logitCap soft cap of the logits, 0 for none
 */
public record DecoderShape(Architecture architecture, int layers, int width, int heads, int kvHeads, int headSize,
        int feedForward, int vocabulary, int contextLength, double normEpsilon, double normOffset, Attention attention,
        double logitCap) {

    /** The widest residual stream that is believed. */
    static final int MAX_WIDTH = 1 << 17;
    static final int MAX_LAYERS = 1024;
    static final int MAX_HEADS = 1024;
    static final int MAX_CONTEXT = 1 << 21;
    /** ONNX Runtime rotates whole groups of so many numbers. */
    private static final int ROTATED_TOGETHER = 16;

    /**
     * How positions see each other.
     *
     * @param scale of the products of queries and keys
     * @param cap soft cap of these products, 0 for none
     * @param rotary of layers that see everything
     * @param window positions that windowed layers see, their own included; 0 when there are none
     * @param windowedLayers which layers those are
     * @param windowedRotary theirs, when it is another one
     */
    public record Attention(double scale, double cap, Rotary rotary, int window, List<Integer> windowedLayers,
            @Nullable Rotary windowedRotary) {

        public Attention {
            windowedLayers = List.copyOf(windowedLayers);
        }

        /** How many positions a layer sees, 0 for all. */
        public int windowOf(int layer) {
            return windowedLayers.contains(layer) ? window : 0;
        }
    }

    public DecoderShape {
        Rotary rotary = attention.rotary();
        // why: a prompt and its answer need a position each
        if (contextLength < 2) {
            throw ModelFault.of("the model's context of " + contextLength
                    + " positions has no room for an answer");
        }
        if (heads < 1 || kvHeads < 1 || heads % kvHeads != 0 || headSize < 2 || headSize % 2 != 0
                || rotary.dimensions() % 2 != 0
                || rotary.dimensions() < 2 || rotary.dimensions() > headSize) {
            throw ModelFault.of("the model's dimensions do not fit together: " + heads
                    + " heads, " + kvHeads + " key-value heads, heads of " + headSize + ", " + rotary.dimensions()
                    + " rotated");
        }
        if (rotary.dimensions() % ROTATED_TOGETHER != 0) {
            throw Architecture
                    .unsupported("it rotates " + rotary.dimensions() + " numbers of each head, which is no multiple of "
                            + ROTATED_TOGETHER);
        }
        boolean sound = normEpsilon > 0 && normEpsilon < 1 && positive(attention.scale()) && notNegative(attention.cap())
                && notNegative(logitCap) && positive(rotary.magnitude()) && attention.window() >= 0
                && rotary.frequencies().stream().allMatch(DecoderShape::positive)
                && rotary.longFrequencies().stream().allMatch(DecoderShape::positive)
                && (attention.windowedRotary() == null
                        || attention.windowedRotary().frequencies().stream().allMatch(DecoderShape::positive));
        if (!sound) {
            throw ModelFault.of("the model's constants make no sense: norm epsilon "
                    + normEpsilon + ", attention scale " + attention.scale() + ", soft caps " + attention.cap() + " and "
                    + logitCap + ", window " + attention.window() + ", rotary frequencies from "
                    + rotary.frequencies().getFirst() + " to " + rotary.frequencies().getLast());
        }
    }

    private static boolean positive(double value) {
        return value > 0 && value < 1e12;
    }

    private static boolean notNegative(double value) {
        return value >= 0 && value < 1e12;
    }

    public boolean has(Trait trait) {
        return architecture.has(trait);
    }

    /** Numbers of all query heads of a position. */
    public int queryWidth() {
        return heads * headSize;
    }

    /** Numbers of all key, or value, heads of a position. */
    public int keyWidth() {
        return kvHeads * headSize;
    }

    /** Bytes of KV cache that one position of one slot takes, with 32-bit numbers. */
    public long kvBytesPerPosition() {
        return 2L * layers * kvHeads * headSize * Float.BYTES;
    }
}
