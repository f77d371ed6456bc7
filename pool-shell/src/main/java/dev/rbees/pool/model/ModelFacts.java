package dev.rbees.pool.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.model.CatalogModel;
import dev.rbees.home.RbeesHome;

/**
 * What a model's files tell of it.
 *
 * @param name for people, null when they do not tell
 * @param format {@code gguf}, {@code safetensors} or {@code onnx}
 * @param architecture {@code llama} and the like, null when they do not tell
 * @param quantization the weights' main encoding, null when they do not tell
 * @param licence null when they do not tell
 * @param contextLength positions the model was made for, null when they do not tell
 */
record ModelFacts(@Nullable String name, String format, @Nullable String architecture, @Nullable String quantization,
        @Nullable String licence, @Nullable Integer contextLength) {

    private static final int LARGEST_CONFIG = 1024 * 1024;
    private static final Map<String, String> ENCODINGS = Map.of("bfloat16", "BF16", "float16", "F16", "float32", "F32");

    /** @throws IOException with what is wrong, when it is no GGUF file */
    static ModelFacts ofGguf(Path file) throws IOException {
        GgufHeader head = GgufHeader.of(file);
        return new ModelFacts(head.name(), "gguf", head.architecture(), head.quantization(), head.licence(),
                head.contextLength());
    }

    /** @throws IOException with what is wrong, when there is no readable config.json */
    static ModelFacts ofFolder(Path folder, String format) throws IOException {
        Path file = folder.resolve("config.json");
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no config.json, without which nobody knows how to run the weights");
        }
        if (Files.size(file) > LARGEST_CONFIG) {
            throw new IOException("config.json is too large");
        }
        JsonNode config;
        try {
            config = Json.readTree(Files.readAllBytes(file));
        } catch (RbeesException e) {
            throw new IOException("config.json is not valid JSON", e);
        }
        JsonNode text = config.path("text_config").isObject() ? config.path("text_config") : config;
        int context = text.path("max_position_embeddings").asInt(0);
        return new ModelFacts(null, format, orNull(config.path("model_type").asString("")), encoding(config, text), null,
                context > 0 ? Integer.valueOf(context) : null);
    }

    /**
     * A model with what its files tell beside what is known already.
     *
     * @param first of its files, which lies where all of them do
     */
    static CatalogModel added(CatalogModel model, Path first) {
        try {
            ModelFacts facts = model.format().equals("gguf") ? ofGguf(first)
                    : ofFolder(RbeesHome.folderOf(first), model.format());
            boolean gguf = model.format().equals("gguf");
            return model.found(model.format(), or(model.architecture(), facts.architecture()),
                    gguf ? or(facts.quantization(), model.quantization()) : or(model.quantization(), facts.quantization()),
                    or(model.licence(), facts.licence()),
                    model.contextLength() == null ? facts.contextLength() : model.contextLength());
        } catch (IOException _) {
            return model; // the worker says what is wrong with it
        }
    }

    private static @Nullable String or(@Nullable String first, @Nullable String second) {
        return first == null ? second : first;
    }

    private static @Nullable String encoding(JsonNode config, JsonNode text) {
        return Stream.of(config, text).flatMap(from -> Stream.of(from.path("dtype"), from.path("torch_dtype")))
                .map(dtype -> dtype.asString("")).filter(ENCODINGS::containsKey).findFirst().map(ENCODINGS::get)
                .orElse(null);
    }

    private static @Nullable String orNull(String text) {
        return text.isBlank() ? null : text;
    }
}
