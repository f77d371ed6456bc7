package dev.rbees.api.task;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.RequestFields;

/** What form the answer has. On the wire as in OpenAI's API: {@code response_format}. */
public sealed interface ResponseFormat {

    /** The most that a schema may be long, in bytes of compact JSON. */
    int MAX_SCHEMA_BYTES = 64 * 1024;

    /** Whatever the model says. */
    record Text() implements ResponseFormat {}

    /** Any JSON object. */
    record JsonObject() implements ResponseFormat {}

    /**
     * JSON that is valid against a schema.
     *
     * @param schema a JSON Schema; the worker says what it supports of it
     */
    record JsonSchema(JsonNode schema) implements ResponseFormat {}

    /** The field as {@link #read} takes it. */
    default Map<String, Object> toField() {
        return switch (this) {
            case Text _ -> Map.of("type", "text");
            case JsonObject _ -> Map.of("type", "json_object");
            case JsonSchema(JsonNode schema) -> Map.of("type", "json_schema", "json_schema", Map.of("schema", schema));
        };
    }

    /** Reads the field {@code response_format}; problems go to {@code fields}. */
    static ResponseFormat read(RequestFields fields) {
        JsonNode value = fields.value("response_format");
        if (value == null) {
            return new Text();
        }
        String type = value.path("type").asString("");
        return switch (type) {
            case "text" -> new Text();
            case "json_object" -> new JsonObject();
            case "json_schema" -> readSchema(fields, value.path("json_schema").path("schema"));
            default -> {
                fields.reject("response_format", "one_of(text,json_object,json_schema)",
                        "response_format must be an object whose type is text, json_object or json_schema");
                yield new Text();
            }
        };
    }

    private static ResponseFormat readSchema(RequestFields fields, JsonNode schema) {
        if (!schema.isObject() && !schema.isBoolean()) {
            fields.reject("response_format.json_schema.schema", "object",
                    "response_format.json_schema.schema must be a JSON Schema");
            return new Text();
        }
        int bytes = schema.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_SCHEMA_BYTES) {
            fields.reject("response_format.json_schema.schema", "max_bytes(" + MAX_SCHEMA_BYTES + ")",
                    "response_format.json_schema.schema must be at most %d bytes (got %d)".formatted(MAX_SCHEMA_BYTES,
                            bytes));
            return new Text();
        }
        return new JsonSchema(schema);
    }
}
