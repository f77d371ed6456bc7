package dev.rbees.worker.tokenizer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.EndTokens;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.ModelFile;

/**
 * What a model's folder says of its texts, from {@code tokenizer.json} and, where they are, {@code tokenizer_config.json},
 * {@code special_tokens_map.json}, {@code generation_config.json}, {@code config.json}, {@code genai_config.json} and the file of a chat template.
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

    /**
     * @param vocabulary embeddings of the model; added tokens beyond them are passed over
     * @throws RbeesException MODEL_LOAD_FAILED when there is no tokenizer, or a file is damaged
     */
    public static TokenizerFolder read(Path folder, int vocabulary) {
        TokenizerData data = TokenizerData.ofFolder(folder).within(vocabulary);
        List<String> tokens = data.tokens();
        JsonNode config = json(folder, "tokenizer_config.json");
        JsonNode special = json(folder, "special_tokens_map.json");
        String bos = token(config, special, "bos_token");
        String eos = token(config, special, "eos_token");
        List<Long> named = new ArrayList<>();
        ids(json(folder, "generation_config.json").path("eos_token_id"), named);
        ids(json(folder, "config.json").path("eos_token_id"), named);
        ids(json(folder, "genai_config.json").path("model").path("eos_token_id"), named);
        Set<Integer> known = new HashSet<>(EndTokens.wellKnown(tokens));
        if (eos != null && tokens.contains(eos)) {
            known.add(tokens.indexOf(eos));
        }
        return new TokenizerFolder(data, bos, eos, EndTokens.ids(named, known, tokens.size()),
                chatTemplate(folder, config));
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
    private static void ids(JsonNode node, List<Long> ids) {
        if (node.isArray()) {
            node.valueStream().limit(EndTokens.MOST).forEach(id -> id(id, ids));
        } else {
            id(node, ids);
        }
    }

    private static void id(JsonNode node, List<Long> ids) {
        if (node.isIntegralNumber()) {
            ids.add(node.canConvertToLong() ? node.longValue() : Long.MAX_VALUE);
        }
    }

    private static @Nullable String chatTemplate(Path folder, JsonNode config) {
        Path file = folder.resolve("chat_template.jinja");
        if (ModelFile.isThere(file)) {
            return new String(ModelFile.bytes(file, MAX_BYTES), StandardCharsets.UTF_8);
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
        if (!ModelFile.isThere(file)) {
            return MissingNode.getInstance();
        }
        try {
            return TokenizerJson.mapper().readTree(ModelFile.bytes(file, MAX_BYTES));
        } catch (JacksonException e) {
            throw ModelFault.of("the model's " + name + " is not JSON; the file is damaged", e);
        }
    }
}
