package dev.rbees.worker.model;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * The dimensions of a decoder-only language model.
 *
 * @param architecture {@code llama}
 * @param layers transformer blocks
 * @param width of the residual stream
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headSize numbers per head
 * @param feedForward width inside the feed-forward part
 * @param vocabulary ids
 * @param contextLength positions it was trained for
 * @param ropeBase base of the rotary frequencies
 * @param ropeDimensions how many numbers of a head are rotated
 * @param normEpsilon of the RMS norms
 */
public record DecoderShape(String architecture, int layers, int width, int heads, int kvHeads, int headSize, int feedForward,
        int vocabulary, int contextLength, double ropeBase, int ropeDimensions, double normEpsilon) {

    private static final String SUPPORTED = "llama";
    private static final int MAX_WIDTH = 1 << 17;

    /** @throws RbeesException MODEL_LOAD_FAILED when the architecture is not supported or the dimensions make no sense */
    public static DecoderShape of(GgufFile file) {
        Metadata metadata = file.metadata();
        String architecture = metadata.requireText("general.architecture");
        if (!architecture.equals(SUPPORTED)) {
            throw unsupported("its architecture is '" + architecture + "'");
        }
        refuseVariants(file, architecture);
        int width = metadata.requireInteger(architecture + ".embedding_length", 1, MAX_WIDTH);
        int heads = metadata.requireInteger(architecture + ".attention.head_count", 1, 1024);
        int kvHeads = metadata.integer(architecture + ".attention.head_count_kv").isPresent()
                ? metadata.requireInteger(architecture + ".attention.head_count_kv", 1, heads)
                : heads;
        int headSize = metadata.integer(architecture + ".attention.key_length").isPresent()
                ? metadata.requireInteger(architecture + ".attention.key_length", 2, 1024)
                : width / heads;
        int ropeDimensions = metadata.integer(architecture + ".rope.dimension_count").isPresent()
                ? metadata.requireInteger(architecture + ".rope.dimension_count", 2, headSize)
                : headSize;
        DecoderShape shape = new DecoderShape(architecture,
                metadata.requireInteger(architecture + ".block_count", 1, 1024), width, heads, kvHeads, headSize,
                metadata.requireInteger(architecture + ".feed_forward_length", 1, MAX_WIDTH * 8),
                file.require("token_embd.weight").rows(),
                metadata.requireInteger(architecture + ".context_length", 2, 1 << 21),
                metadata.number(architecture + ".rope.freq_base").orElse(10_000.0), ropeDimensions,
                metadata.number(architecture + ".attention.layer_norm_rms_epsilon").orElse(1e-5));
        shape.check();
        return shape;
    }

    private static void refuseVariants(GgufFile file, String architecture) {
        Metadata metadata = file.metadata();
        String scaling = metadata.text(architecture + ".rope.scaling.type").orElse("none");
        if (!scaling.equals("none") || file.find("rope_freqs.weight").isPresent()) {
            throw unsupported("it scales its rotary positions");
        }
        if (metadata.integer(architecture + ".expert_count").orElse(0L) > 0) {
            throw unsupported("it is a mixture of experts");
        }
        if (file.find("blk.0.attn_q.bias").isPresent()) {
            throw unsupported("its attention has biases");
        }
    }

    private static RbeesException unsupported(String why) {
        return new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "this version of rbees cannot run the model: " + why
                + "; supported is the architecture llama with plain rotary positions (SmolLM, TinyLlama's family)");
    }

    private void check() {
        if (heads % kvHeads != 0 || headSize % 2 != 0 || ropeDimensions % 2 != 0 || headSize < 1) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the model's dimensions do not fit together: " + heads
                    + " heads, " + kvHeads + " key-value heads, heads of " + headSize + ", " + ropeDimensions + " rotated");
        }
        if (!(ropeBase > 1 && ropeBase < 1e12 && normEpsilon > 0 && normEpsilon < 1)) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the model's constants make no sense: rotary base "
                    + ropeBase + ", norm epsilon " + normEpsilon);
        }
    }

    /** Bytes of KV cache that one position of one slot takes, with 32-bit numbers. */
    public long kvBytesPerPosition() {
        return 2L * layers * kvHeads * headSize * Float.BYTES;
    }
}
