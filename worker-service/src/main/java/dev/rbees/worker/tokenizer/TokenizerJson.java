package dev.rbees.worker.tokenizer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.ModelFile;

/**
 * Reads a {@code tokenizer.json}: vocabulary and merges, which may be hundreds of thousands, as they stream by, and the
 * rest as a tree.
 */
final class TokenizerJson {

    private static final long MAX_FILE_BYTES = 256L * 1024 * 1024;
    private static final int MAX_TOKENS = 4 * 1024 * 1024;

    /** why: larger limits than for requests, and no table of names: each token of the vocabulary is a name. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).maxNumberLength(100)
                    .maxStringLength(64 * 1024 * 1024).maxNameLength(64 * 1024).maxDocumentLength(MAX_FILE_BYTES).build())
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
            .build()).build();

    private final ObjectNode definition = MAPPER.createObjectNode();
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<String> listed = new ArrayList<>();
    private final List<Double> scores = new ArrayList<>();
    private final List<String[]> merges = new ArrayList<>();

    private TokenizerJson() {}

    static JsonMapper mapper() {
        return MAPPER;
    }

    static JsonData read(Path file) {
        if (!ModelFile.isThere(file)) {
            throw failed("there is no " + file.getFileName() + " beside the model's weights", null);
        }
        try (InputStream in = new BufferedInputStream(ModelFile.stream(file, MAX_FILE_BYTES), 1 << 16);
                JsonParser parser = MAPPER.createParser(in)) {
            TokenizerJson json = new TokenizerJson();
            json.readAll(parser);
            JsonData data = json.data();
            data.check();
            return data;
        } catch (IOException | JacksonException e) {
            throw failed("the model's " + file.getFileName() + " cannot be read; the file is damaged", e);
        }
    }

    private static RbeesException failed(String message, @Nullable Exception cause) {
        return ModelFault.of(message, cause);
    }

    private static RbeesException damaged(String problem) {
        return ModelFault.of("the model's tokenizer.json is damaged: " + problem);
    }

    private void readAll(JsonParser parser) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw damaged("it is no object");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_OBJECT && name.equals("model")) {
                definition.set(name, readModel(parser));
            } else {
                JsonNode value = parser.readValueAsTree();
                definition.set(name, value);
            }
        }
    }

    private ObjectNode readModel(JsonParser parser) {
        ObjectNode model = MAPPER.createObjectNode();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("vocab") && value == JsonToken.START_OBJECT) {
                readIds(parser);
            } else if (name.equals("vocab") && value == JsonToken.START_ARRAY) {
                readScores(parser);
            } else if (name.equals("merges") && value == JsonToken.START_ARRAY) {
                readMerges(parser);
            } else {
                JsonNode setting = parser.readValueAsTree();
                model.set(name, setting);
            }
        }
        if (!model.has("type")) {
            // why: the oldest files do not say it
            model.put("type", !listed.isEmpty() ? "Unigram" : !merges.isEmpty() ? "BPE" : "WordPiece");
        }
        return model;
    }

    private void readIds(JsonParser parser) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String token = parser.currentName();
            int id = parser.nextToken() == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : -1;
            if (id < 0 || id >= MAX_TOKENS) {
                throw damaged("the token '" + token + "' has no id");
            }
            ids.put(token, id);
        }
    }

    private void readScores(JsonParser parser) {
        while (parser.nextToken() == JsonToken.START_ARRAY) {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                throw damaged("the token " + listed.size() + " has no text");
            }
            listed.add(parser.getString());
            if (!parser.nextToken().isNumeric()) {
                throw damaged("the token " + (listed.size() - 1) + " has no score");
            }
            scores.add(parser.getDoubleValue());
            parser.nextToken();
        }
    }

    /** Either texts "left right" or lists of two. */
    private void readMerges(JsonParser parser) {
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == JsonToken.VALUE_STRING) {
                String merge = parser.getString();
                int blank = merge.indexOf(' ', 1);
                merges.add(blank < 0 ? new String[] {merge, ""}
                        : new String[] {merge.substring(0, blank), merge.substring(blank + 1)});
            } else if (token == JsonToken.START_ARRAY) {
                String[] merge = {parser.nextToken() == JsonToken.VALUE_STRING ? parser.getString() : "",
                    parser.nextToken() == JsonToken.VALUE_STRING ? parser.getString() : ""};
                merges.add(merge);
                parser.nextToken();
            } else {
                throw damaged("the merge " + merges.size() + " is no text");
            }
        }
    }

    private JsonData data() {
        List<String> words = listed.isEmpty() ? inOrder() : listed;
        MergeList list = new MergeList(new VocabularyIndex(words, _ -> true));
        for (String[] merge : merges) {
            if (!merge[1].isEmpty()) {
                list.add(merge[0], merge[1]);
            }
        }
        return new JsonData(words, scores.stream().mapToDouble(Double::doubleValue).toArray(), list.triples(),
                definition.toString());
    }

    private List<String> inOrder() {
        int size = ids.values().stream().mapToInt(id -> id + 1).max().orElse(0);
        String[] words = new String[size];
        Arrays.fill(words, "");
        ids.forEach((token, id) -> words[id] = token);
        return Arrays.asList(words);
    }
}
