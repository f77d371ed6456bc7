package dev.rbees.worker.tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.EndTokens;

/**
 * What a model's folder says of its texts, from {@code tokenizer.json} and, where they are, {@code tokenizer_config.json},
 * {@code special_tokens_map.json}, {@code generation_config.json}, {@code config.json} and the file of a chat template.
 *
 * @param data of the tokenizer
 * @param bosToken text of the token that begins a text, if there is one
 * @param eosToken text of the token that ends one, if there is one
 * @param endIds every id that ends an answer, in order
 * @param chatTemplate Jinja source of the template for conversations, if there is one
 */
public record TokenizerFolder(TokenizerData data, @Nullable String bosToken, @Nullable String eosToken,
        List<Integer> endIds, @Nullable String chatTemplate) {

    private static final long MAX_BYTES = 16L * 1024 * 1024;

    public TokenizerFolder {
        endIds = List.copyOf(endIds);
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when there is no tokenizer, or a file is damaged */
    public static TokenizerFolder read(Path folder) {
        TokenizerData data = TokenizerData.ofFolder(folder);
        List<String> tokens = data.tokens();
        JsonNode config = json(folder, "tokenizer_config.json");
        JsonNode special = json(folder, "special_tokens_map.json");
        String bos = token(config, special, "bos_token");
        String eos = token(config, special, "eos_token");
        TreeSet<Integer> ends = new TreeSet<>(EndTokens.wellKnown(tokens));
        ids(json(folder, "generation_config.json").path("eos_token_id"), tokens.size(), ends);
        ids(json(folder, "config.json").path("eos_token_id"), tokens.size(), ends);
        if (eos != null && tokens.contains(eos)) {
            ends.add(tokens.indexOf(eos));
        }
        return new TokenizerFolder(data, bos, eos, List.copyOf(ends), chatTemplate(folder, config));
    }

    private static @Nullable String token(JsonNode config, JsonNode special, String name) {
        String text = text(config.path(name));
        return text == null ? text(special.path(name)) : text;
    }

    /** A token is written as its text, or as an object with that text. */
    private static @Nullable String text(JsonNode token) {
        JsonNode text = token.isObject() ? token.path("content") : token;
        return text.isString() ? text.asString() : null;
    }

    /** One id, or a list. */
    private static void ids(JsonNode node, int size, TreeSet<Integer> ids) {
        if (node.isInt() && node.intValue() >= 0 && node.intValue() < size) {
            ids.add(node.intValue());
        }
        if (node.isArray()) {
            node.forEach(id -> ids(id, size, ids));
        }
    }

    private static @Nullable String chatTemplate(Path folder, JsonNode config) {
        Path file = folder.resolve("chat_template.jinja");
        if (Files.isRegularFile(file)) {
            return new String(bytes(file), StandardCharsets.UTF_8);
        }
        String own = template(json(folder, "chat_template.json").path("chat_template"));
        return own == null ? template(config.path("chat_template")) : own;
    }

    /** One template, or several with names, of which the one named default counts. */
    private static @Nullable String template(JsonNode node) {
        if (node.isArray()) {
            return node.valueStream().filter(named -> named.path("name").asString("").equals("default"))
                    .map(named -> text(named.path("template"))).findFirst().orElse(null);
        }
        return text(node);
    }

    private static JsonNode json(Path folder, String name) {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return TokenizerJson.mapper().readTree(bytes(file));
        } catch (JacksonException e) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED,
                    "the model's " + name + " is not JSON; the file is damaged", e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the model's " + file.getFileName() + " has "
                        + Files.size(file) + " bytes, more than " + MAX_BYTES + "; the file is damaged");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED,
                    "the model's " + file.getFileName() + " cannot be read; check its permissions", e);
        }
    }
}
