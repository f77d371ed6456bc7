package dev.rbees.worker.onnx;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;

/**
 * What the {@code genai_config.json} of a folder for onnxruntime-genai says. Of such models those run here whose decoder is one graph
 * that takes and gives back all keys and values.
 *
 * <p>
 * Source: the files that onnxruntime-genai's model builder writes.
 *
 * @param model what describes the model
 * @param decoder what describes its graph
 */
record GenaiConfig(ExportedJson model, ExportedJson decoder) {

    static final String FILE = "genai_config.json";
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,127}\\.onnx");
    private static final String LAYER = "%d";
    private static final List<String> OTHER_GRAPHS = List.of("encoder", "vision", "speech", "embedding");
    private static final String INSTEAD = "; take the model's safetensors or GGUF file";

    /** @throws RbeesException MODEL_LOAD_FAILED when it is damaged, or the model needs what rbees does not do */
    static Optional<GenaiConfig> read(Path folder) {
        return ExportedJson.read(folder.resolve(FILE)).map(json -> of(json.at("model")));
    }

    private static GenaiConfig of(ExportedJson model) {
        GenaiConfig config = new GenaiConfig(model, model.at("decoder"));
        config.requireOneGraph();
        config.requireWholeCache();
        return config;
    }

    private void requireOneGraph() {
        for (String other : OTHER_GRAPHS) {
            if (model.root().path(other).hasNonNull("filename")) {
                throw unsupported(
                        "it has a graph of its own for '" + other + "', and rbees runs decoders that are one graph");
            }
        }
        if (!decoder.root().path("pipeline").isEmpty()) {
            throw unsupported("its decoder is a pipeline of several graphs, and rbees runs decoders that are one graph");
        }
    }

    private void requireWholeCache() {
        JsonNode window = decoder.root().path("sliding_window");
        if (window.isObject()
                && (window.path("slide_key_value_cache").asBoolean(true) || window.path("slide_inputs").asBoolean(true))) {
            throw unsupported("its keys and values slide through a window of " + window.path("window_size").asInt(0)
                    + " positions, which the program around the graph must move, and rbees keeps all positions");
        }
        if (decoder.root().path("inputs").hasNonNull("past_names")) {
            throw unsupported("it has keys and values of a layer in one tensor, and rbees knows those with one for each");
        }
    }

    private static RbeesException unsupported(String reason) {
        return ModelFault.of("rbees cannot run this model for onnxruntime-genai: " + reason + INSTEAD);
    }

    /** The graph's file in the folder. */
    Path graph(Path folder) {
        String name = decoder.text("filename").orElseThrow(() -> wrong("does not name the decoder's file"));
        if (!PLAIN_NAME.matcher(name).matches()) {
            throw wrong("names '" + name + "' as the decoder's file, which is no plain name that ends with .onnx");
        }
        return folder.resolve(name);
    }

    private static RbeesException wrong(String reason) {
        return ExportedJson.wrong(FILE, reason, null);
    }

    /** How the graph calls its inputs and outputs. */
    GraphNames names() {
        Map<String, String> roles = new HashMap<>();
        ExportedJson inputs = decoder.at("inputs");
        for (String role : List.of(ExportedSignature.IDS, ExportedSignature.MASK, ExportedSignature.POSITIONS)) {
            inputs.text(role).ifPresent(name -> roles.put(name, role));
        }
        return new GraphNames(roles, List.of(cache("key"), cache("value")),
                decoder.at("outputs").text("logits").orElse(GraphNames.USUAL.logits()));
    }

    /** @param kind key or value */
    private GraphNames.Cache cache(String kind) {
        String past = pattern("inputs", "past_" + kind + "_names", "past_key_values." + LAYER + "." + kind);
        String present = pattern("outputs", "present_" + kind + "_names", "present." + LAYER + "." + kind);
        int at = past.indexOf(LAYER);
        return new GraphNames.Cache(Pattern.compile(Pattern.quote(past.substring(0, at)) + "(\\d{1,4})"
                + Pattern.quote(past.substring(at + LAYER.length()))),
                List.of(Matcher.quoteReplacement(present).replace(LAYER, "$1")));
    }

    private String pattern(String side, String key, String otherwise) {
        String pattern = decoder.at(side).text(key).orElse(otherwise);
        if (pattern.indexOf(LAYER) < 0) {
            throw wrong("has no place for the layer (" + LAYER + ") in " + key);
        }
        return pattern;
    }
}
