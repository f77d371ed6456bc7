package dev.rbees.worker.onnx;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.ModelFile;

/**
 * A JSON file that describes a model.
 *
 * @param name of the file
 * @param root what it holds: an object or an array
 */
record ExportedJson(String name, JsonNode root) {

    static final String CONFIG = "config.json";
    private static final int MAX_BYTES = 16 * 1024 * 1024;
    private static final int MAX_IDS = 256;

    /** @throws RbeesException MODEL_LOAD_FAILED when it is there but cannot be read */
    static Optional<ExportedJson> read(Path file) {
        String name = file.getFileName().toString();
        if (!ModelFile.isThere(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ExportedJson(name, Json.readTree(ModelFile.bytes(file, MAX_BYTES))));
        } catch (RbeesException e) {
            throw ModelFault.is(e) ? e : wrong(name, "is no valid JSON", e);
        }
    }

    /** An object in it; an empty one where it is not there. */
    ExportedJson at(String key) {
        return new ExportedJson(name, root.path(key));
    }

    /** The whole number of the first of these names that is there. */
    OptionalInt integer(int min, int max, String... names) {
        for (String key : names) {
            JsonNode value = root.get(key);
            if (value != null && !value.isNull()) {
                if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < min || value.asInt() > max) {
                    throw wrong(name, "has no whole number from " + min + " to " + max + " as " + key, null);
                }
                return OptionalInt.of(value.asInt());
            }
        }
        return OptionalInt.empty();
    }

    /** @throws RbeesException MODEL_LOAD_FAILED when none of these names is there */
    int requireInteger(int min, int max, String... names) {
        return integer(min, max, names).orElseThrow(() -> wrong(name, "has no " + names[0], null));
    }

    /** One id, or several, or none. */
    List<Integer> ids(String key) {
        JsonNode value = root.get(key);
        List<Integer> ids = new ArrayList<>();
        if (value != null && !value.isNull()) {
            List<JsonNode> items = value.isArray() ? value.valueStream().limit(MAX_IDS).toList() : List.of(value);
            for (JsonNode item : items) {
                if (!item.isIntegralNumber() || !item.canConvertToInt() || item.asInt() < 0) {
                    throw wrong(name, "has no ids as " + key, null);
                }
                ids.add(item.asInt());
            }
        }
        return ids;
    }

    /** A text, or the {@code content} of an object, as tokens are described. */
    Optional<String> text(String key) {
        JsonNode value = root.get(key);
        JsonNode text = value != null && value.isObject() ? value.get("content") : value;
        return text != null && text.isString() ? Optional.of(text.asString()) : Optional.empty();
    }

    boolean flag(String key) {
        JsonNode value = root.get(key);
        return value != null && value.asBoolean(false);
    }

    static RbeesException wrong(String name, String reason, @Nullable Throwable cause) {
        return ModelFault.of("the model's file " + name + " " + reason
                + "; download or export the model again", cause);
    }
}
