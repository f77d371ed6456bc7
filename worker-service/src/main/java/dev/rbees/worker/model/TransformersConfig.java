package dev.rbees.worker.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.worker.model.Architecture.Trait;
import dev.rbees.worker.model.DecoderShape.Attention;

/** Reads a decoder's dimensions from the {@code config.json} of a folder that is made for transformers. */
public final class TransformersConfig {

    private static final String FILE = "config.json";
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private final JsonNode config;
    private final Architecture architecture;

    private TransformersConfig(JsonNode config) {
        this.config = config;
        this.architecture = architecture(config);
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when there is none, or its architecture is not supported */
    public static TransformersConfig read(Path folder) {
        Path file = folder.resolve(FILE);
        if (!ModelFile.isThere(file)) {
            throw ModelFault.of("the model folder " + folder.getFileName() + " has no " + FILE);
        }
        try {
            return new TransformersConfig(Json.readTree(ModelFile.bytes(file, MAX_BYTES)));
        } catch (RbeesException e) {
            throw ModelFault.is(e) ? e : damaged("it is no JSON");
        }
    }

    /** Whether a folder has such a file, of an architecture that can be imported. */
    public static boolean isSupported(Path folder) {
        try {
            read(folder);
            return true;
        } catch (RbeesException e) {
            return false;
        }
    }

    private static Architecture architecture(JsonNode config) {
        String type = config.path("model_type").asString("");
        String named = type.isEmpty() ? config.path("architectures").path(0).asString("") : type;
        return Architecture.ofModelType(named.toLowerCase(Locale.ROOT).replaceAll("(forcausallm|model)$", ""))
                .orElseThrow(() -> Architecture.unsupported("its model_type is '" + named + "'"));
    }

    public Architecture architecture() {
        return architecture;
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when the dimensions make no sense or the variant is not supported */
    public DecoderShape shape() {
        if (config.hasNonNull("quantization_config")) {
            throw Architecture.unsupported("its weights are quantised by '"
                    + config.path("quantization_config").path("quant_method").asString("?") + "'");
        }
        int width = required("hidden_size", DecoderShape.MAX_WIDTH);
        int heads = required("num_attention_heads", DecoderShape.MAX_HEADS);
        int headSize = integer("head_dim", 1024, width / heads);
        int layers = required("num_hidden_layers", DecoderShape.MAX_LAYERS);
        int context = required("max_position_embeddings", DecoderShape.MAX_CONTEXT);
        checkActivation();
        return new DecoderShape(architecture, layers, width, heads,
                integer("num_key_value_heads", heads, heads), headSize,
                required("intermediate_size", DecoderShape.MAX_WIDTH * 8), required("vocab_size", 1 << 24), context,
                number(config, "rms_norm_eps", 1e-6), architecture.has(Trait.NORMS_FROM_ONE) ? 1 : 0,
                attention(layers, headSize, context), number(config, "final_logit_softcapping", 0));
    }

    /**
     * Refuses weights without an output head where the embedding does not serve as one. A head that is there is used, whatever is
     * said here.
     *
     * @throws RbeesException MODEL_LOAD_FAILED
     */
    public void requireHead(TensorSource tensors) {
        // why: where it says nothing, a folder without a head was written by something that tied it
        if (tensors.find("output.weight").isEmpty() && !config.path("tie_word_embeddings").asBoolean(true)) {
            throw ModelFault
                    .of("the model has no tensor lm_head.weight, and its " + FILE + " says that its embedding does not"
                            + " stand for it (tie_word_embeddings is false); download or copy the model again");
        }
    }

    private void checkActivation() {
        String name = config.path("hidden_activation").asString(config.path("hidden_act").asString(""));
        boolean gelu = architecture.has(Trait.GELU);
        List<String> known = gelu ? List.of("", "gelu", "gelu_pytorch_tanh") : List.of("", "silu", "swish");
        if (!known.contains(name)) {
            throw Architecture.unsupported("its activation is '" + name + "'");
        }
    }

    private Attention attention(int layers, int headSize, int context) {
        double scale = 1 / Math.sqrt(number(config, "query_pre_attn_scalar", headSize));
        JsonNode rotaryParameters = rotaryParameters("full_attention");
        double rotated = number(rotaryParameters, "partial_rotary_factor", number(config, "partial_rotary_factor", 1));
        if (!(rotated > 0 && rotated <= 1)) {
            throw damaged("its partial_rotary_factor is " + rotated + ", not a part of 1");
        }
        int dimensions = (int) (headSize * rotated);
        int window = window();
        List<Integer> windowed = window == 0 ? List.of() : windowed(layers);
        Rotary rotary = new TransformersRotary(config, rotaryParameters, dimensions, context).read();
        return new Attention(scale, number(config, "attn_logit_softcapping", 0), rotary, windowed.isEmpty() ? 0 : window,
                windowed, windowed.isEmpty() ? null : windowedRotary(dimensions, context));
    }

    /** Where the parameters of rotary positions stand: beside the others, or apart, perhaps for each kind of layer. */
    private JsonNode rotaryParameters(String kindOfLayer) {
        JsonNode parameters = config.path("rope_parameters");
        return parameters.has(kindOfLayer) ? parameters.path(kindOfLayer) : parameters;
    }

    private int window() {
        boolean used = config.path("use_sliding_window").asBoolean(architecture != Architecture.QWEN2
                && architecture != Architecture.QWEN3);
        return used ? integer("sliding_window", Integer.MAX_VALUE, 0) : 0;
    }

    private List<Integer> windowed(int layers) {
        JsonNode types = config.path("layer_types");
        if (types.isArray()) {
            if (types.size() != layers) {
                throw damaged("it has " + types.size() + " layer_types for " + layers + " layers");
            }
            return IntStream.range(0, layers).filter(i -> types.get(i).asString("").equals("sliding_attention")).boxed()
                    .toList();
        }
        if (architecture == Architecture.QWEN2 || architecture == Architecture.QWEN3) {
            return IntStream.range(Math.min(layers, integer("max_window_layers", layers, 0)), layers).boxed().toList();
        }
        return new ArrayList<>(GgufShape.windowed(architecture, layers));
    }

    private @Nullable Rotary windowedRotary(int dimensions, int context) {
        if (architecture != Architecture.GEMMA3) {
            return null;
        }
        JsonNode parameters = config.path("rope_parameters").path("sliding_attention");
        return parameters.isObject()
                ? new TransformersRotary(config, parameters, dimensions, context).read()
                : Rotary.of(number(config, "rope_local_base_freq", 10_000), dimensions, false);
    }

    private int required(String key, int max) {
        if (!config.hasNonNull(key)) {
            throw damaged("it does not say its " + key);
        }
        int value = integer(key, max, 0);
        if (value < 1) {
            throw damaged("its " + key + " is " + value);
        }
        return value;
    }

    private int integer(String key, int max, int otherwise) {
        JsonNode value = config.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 0 || value.asInt() > max) {
            throw damaged("its " + key + " is no number from 0 to " + max);
        }
        return value.asInt();
    }

    static double number(JsonNode object, String key, double otherwise) {
        JsonNode value = object.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw damaged("its " + key + " is no number");
        }
        return value.asDouble();
    }

    static RbeesException damaged(String reason) {
        return ModelFault.of("the model's " + FILE + " is damaged: " + reason
                + "; download or copy it again");
    }
}
