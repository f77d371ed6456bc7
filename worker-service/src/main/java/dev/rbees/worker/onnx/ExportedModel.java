package dev.rbees.worker.onnx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.LoadProgress;

/**
 * A decoder that was exported to ONNX for the transformers library, in the layout of model hubs, checked but not yet loaded.
 *
 * @param folder with config.json and tokenizer.json
 * @param graph that is to be loaded
 * @param layers transformer blocks
 * @param kvHeads key and value heads
 * @param headSize numbers per head
 * @param vocabulary ids
 * @param contextLength positions it was made for
 * @param bytes of the graph and its constants
 * @param digest hex SHA-256 of all its files
 * @param texts tokens and template for conversations
 */
public record ExportedModel(Path folder, Path graph, int layers, int kvHeads, int headSize, int vocabulary,
        int contextLength,
        long bytes, String digest, Texts texts) {

    /**
     * @param chatTemplate the model's own template for conversations, if it has one
     * @param bosToken text of the token that begins a text, if there is one
     * @param eosToken text of the token that ends one, if there is one
     * @param endIds ids that end an answer
     */
    public record Texts(@Nullable String chatTemplate, @Nullable String bosToken, @Nullable String eosToken,
            Set<Integer> endIds) {
        public Texts {
            endIds = Set.copyOf(endIds);
        }
    }

    private static final int MAX_WIDTH = 1 << 17;
    private static final int MAX_TEMPLATE_BYTES = 1 << 20;

    /** Whether this is a place with an ONNX graph, of a decoder or an embedding model. */
    public static boolean isAt(Path path) {
        return ExportedFolder.isAt(path);
    }

    /**
     * Checks and reads what is in the folder.
     *
     * @param path the folder, or one of the graphs in it
     * @throws RbeesException MODEL_LOAD_FAILED when something is missing, damaged, or reaches beyond the folder
     */
    public static ExportedModel open(Path path, LoadProgress progress) {
        ExportedFolder files = ExportedFolder.open(path);
        ExportedJson config = files.json(ExportedJson.CONFIG).orElseThrow(() -> new RbeesException(
                ErrorCode.MODEL_LOAD_FAILED, "the folder " + files.folder().getFileName() + " has no config.json"));
        int heads = config.requireInteger(1, 1024, "num_attention_heads", "n_head", "num_heads");
        int width = config.requireInteger(1, MAX_WIDTH, "hidden_size", "n_embd", "d_model");
        return new ExportedModel(files.folder(), files.graph().path(),
                config.requireInteger(1, 1024, "num_hidden_layers", "n_layer", "num_layers"),
                config.integer(1, heads, "num_key_value_heads").orElse(heads),
                config.integer(1, 1024, "head_dim").orElse(width / heads),
                config.requireInteger(1, 1 << 24, "vocab_size"),
                config.requireInteger(2, 1 << 24, "max_position_embeddings", "n_positions", "n_ctx", "max_sequence_length"),
                files.graph().bytes(), files.digest(progress), texts(files, config));
    }

    private static Texts texts(ExportedFolder files, ExportedJson config) {
        Optional<ExportedJson> tokenizer = files.json("tokenizer_config.json");
        Set<Integer> ends = new TreeSet<>(config.ids("eos_token_id"));
        files.json("generation_config.json").ifPresent(generation -> ends.addAll(generation.ids("eos_token_id")));
        return new Texts(template(files).or(() -> tokenizer.flatMap(ExportedModel::template)).orElse(null),
                tokenizer.flatMap(json -> json.text("bos_token")).orElse(null),
                tokenizer.flatMap(json -> json.text("eos_token")).orElse(null), ends);
    }

    /** The template in a file of its own. */
    private static Optional<String> template(ExportedFolder files) {
        Path file = files.folder().resolve("chat_template.jinja");
        try {
            return Files.isRegularFile(file) && Files.size(file) <= MAX_TEMPLATE_BYTES
                    ? Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IOException e) {
            throw ExportedJson.wrong("chat_template.jinja", "cannot be read", e);
        }
    }

    /** The template as the tokenizer's description has it: one text, or several with names, of which one is the default. */
    private static Optional<String> template(ExportedJson tokenizer) {
        JsonNode value = tokenizer.root().get("chat_template");
        if (value == null || !value.isArray()) {
            return tokenizer.text("chat_template");
        }
        return value.valueStream().filter(one -> one.path("name").asString("").equals("default"))
                .map(one -> one.path("template").asString("")).filter(text -> !text.isEmpty()).findFirst();
    }

    /** Bytes of KV cache that one position of one slot takes, with 32-bit numbers. */
    public long kvBytesPerPosition() {
        return 2L * layers * kvHeads * headSize * Float.BYTES;
    }
}
