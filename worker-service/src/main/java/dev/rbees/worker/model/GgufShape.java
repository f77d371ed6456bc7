package dev.rbees.worker.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.model.DecoderShape.Attention;

/**
 * Reads a decoder's dimensions from the metadata of a GGUF file.
 *
 * <p>
 * Source of the keys: the GGUF specification of the ggml project.
 */
public final class GgufShape {

    private static final double GEMMA3_WINDOWED_BASE = 10_000;

    private final GgufFile file;
    private final Metadata metadata;
    private final String prefix;
    private final Architecture architecture;

    private GgufShape(GgufFile file) {
        this.file = file;
        this.metadata = file.metadata();
        this.prefix = metadata.requireText("general.architecture") + ".";
        this.architecture = Architecture.ofGguf(metadata.requireText("general.architecture"));
    }

    /** @throws dev.rbees.api.error.RbeesException MODEL_LOAD_FAILED when the architecture is not supported or makes no sense */
    public static DecoderShape of(GgufFile file) {
        return new GgufShape(file).read();
    }

    private DecoderShape read() {
        if (metadata.integer(prefix + "expert_count").orElse(0L) > 0) {
            throw Architecture.unsupported("it is a mixture of experts");
        }
        int width = integer("embedding_length", DecoderShape.MAX_WIDTH);
        int heads = integer("attention.head_count", DecoderShape.MAX_HEADS);
        int kvHeads = integer("attention.head_count_kv", heads, heads);
        int headSize = integer("attention.key_length", 1024, width / heads);
        if (integer("attention.value_length", 1024, headSize) != headSize) {
            throw Architecture.unsupported("its keys and values have different sizes");
        }
        int layers = integer("block_count", DecoderShape.MAX_LAYERS);
        int context = integer("context_length", DecoderShape.MAX_CONTEXT);
        return new DecoderShape(architecture, layers, width, heads, kvHeads, headSize,
                integer("feed_forward_length", DecoderShape.MAX_WIDTH * 8), file.require("token_embd.weight").rows(),
                context,
                number("attention.layer_norm_rms_epsilon", 1e-5), 0,
                attention(layers, width, heads, headSize, context), number("final_logit_softcapping", 0));
    }

    private Attention attention(int layers, int width, int heads, int headSize, int context) {
        // why: the largest models of these families divide by the width that each head would have of the stream
        boolean byStream = (architecture == Architecture.GEMMA2 && layers == 46)
                || (architecture == Architecture.GEMMA3 && layers == 62);
        double scale = 1 / Math.sqrt(byStream ? (double) width / heads : headSize);
        int dimensions = integer("rope.dimension_count", headSize, headSize);
        int window = metadata.integer(prefix + "attention.sliding_window").orElse(0L) == 0
                ? 0
                : integer("attention.sliding_window", Integer.MAX_VALUE);
        return new Attention(scale, number("attn_logit_softcapping", 0), rotary(dimensions, context), window,
                window == 0 ? List.of() : windowed(architecture, layers),
                windowedRotary(dimensions, window));
    }

    /** The layers that see a window only, where the model does not list them. */
    static List<Integer> windowed(Architecture architecture, int layers) {
        int globalEvery = switch (architecture) {
            case GEMMA2 -> 2;
            case GEMMA3 -> 6;
            case LLAMA, MISTRAL, QWEN2, QWEN3, PHI3, GEMMA -> Integer.MAX_VALUE;
        };
        return IntStream.range(0, layers).filter(layer -> (layer + 1) % globalEvery != 0).boxed().toList();
    }

    private Rotary rotary(int dimensions, int context) {
        double base = number("rope.freq_base", 10_000);
        // why: only of this architecture does GGUF store the query and key rows with their pairs side by side
        Rotary plain = Rotary.of(base, dimensions, architecture == Architecture.LLAMA);
        if (file.find("rope_freqs.weight").isPresent()) {
            return plain.divided(numbers("rope_freqs.weight", dimensions / 2));
        }
        if (file.find("rope_factors_long.weight").isPresent()) {
            int original = integer("rope.scaling.original_context_length", DecoderShape.MAX_CONTEXT, context);
            return plain.dividedByLength(numbers("rope_factors_short.weight", dimensions / 2),
                    numbers("rope_factors_long.weight", dimensions / 2), original,
                    number("rope.scaling.attn_factor", longRopeMagnitude(context, original)));
        }
        double factor = number("rope.scaling.factor", 1);
        String scaling = metadata.text(prefix + "rope.scaling.type").orElse("none");
        return switch (scaling) {
            case "none" -> plain;
            case "linear" -> plain.linear(factor);
            case "yarn" -> plain.yarn(base, factor,
                    integer("rope.scaling.original_context_length", DecoderShape.MAX_CONTEXT, context),
                    (0.1 * Math.log(factor) + 1) * number("rope.scaling.attn_factor", 1));
            default -> throw Architecture.unsupported("it scales its rotary positions by '" + scaling + "'");
        };
    }

    /** With which LongRoPE's authors make up for attention that spreads over more positions. */
    static double longRopeMagnitude(int context, int original) {
        return context <= original ? 1 : Math.sqrt(1 + Math.log((double) context / original) / Math.log(original));
    }

    private @Nullable Rotary windowedRotary(int dimensions, int window) {
        return architecture == Architecture.GEMMA3 && window > 0
                ? Rotary.of(number("rope.freq_base_swa", GEMMA3_WINDOWED_BASE), dimensions, false)
                : null;
    }

    private List<Double> numbers(String name, int count) {
        Tensor tensor = file.require(name, count, 1);
        float[] values = PlainNumbers.read(file, tensor);
        List<Double> numbers = new ArrayList<>();
        for (float value : values) {
            numbers.add((double) value);
        }
        return numbers;
    }

    private int integer(String key, int max) {
        return metadata.requireInteger(prefix + key, 1, max);
    }

    private int integer(String key, int max, int otherwise) {
        return metadata.integer(prefix + key).isPresent() ? metadata.requireInteger(prefix + key, 1, max) : otherwise;
    }

    private double number(String key, double otherwise) {
        return metadata.number(prefix + key).orElse(otherwise);
    }
}
