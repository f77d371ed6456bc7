package dev.rbees.worker.grammar;

import java.util.EnumSet;
import java.util.Set;

import tools.jackson.databind.JsonNode;

/** Which keywords a schema may have. Nothing that would change which values are valid is ever passed over. */
final class Keywords {

    /** Kept to exactly, or narrower. */
    static final Set<String> SUPPORTED = Set.of("type", "nullable", "enum", "const", "properties", "required",
            "additionalProperties", "items", "prefixItems", "minItems", "maxItems", "minLength", "maxLength", "pattern",
            "format",
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "allOf", "anyOf", "oneOf", "$ref");

    /** Say nothing about which values are valid. */
    static final Set<String> ANNOTATIONS = Set.of("title", "description", "default", "example", "examples", "deprecated",
            "readOnly", "writeOnly", "$schema", "$id", "$comment", "$defs", "definitions", "discriminator");

    private static final Set<String> FOR_OBJECTS = Set.of("properties", "required", "additionalProperties");
    private static final Set<String> FOR_ARRAYS = Set.of("items", "prefixItems", "minItems", "maxItems");
    private static final Set<String> FOR_STRINGS = Set.of("minLength", "maxLength", "pattern", "format");
    private static final Set<String> FOR_NUMBERS = Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
            "multipleOf");

    private Keywords() {}

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST naming the first keyword that is not supported */
    static void check(Place place) {
        for (String keyword : place.schema().propertyNames()) {
            if (!SUPPORTED.contains(keyword) && !ANNOTATIONS.contains(keyword) && !keyword.startsWith("x-")) {
                throw SchemaProblem.unsupported(place.pointer(), keyword, "remove it, or say the same with "
                        + "type, properties, required, items, enum, const, pattern, anyOf or $ref");
            }
        }
        if (!place.pointer().isEmpty() && place.schema().has("$id")) {
            throw SchemaProblem.unsupported(place.pointer(), "$id", "only the root of the schema may have one");
        }
    }

    /** The types that a schema without {@code type} speaks of; all when it speaks of none. */
    static Set<JsonType> impliedTypes(JsonNode schema) {
        Set<JsonType> types = EnumSet.noneOf(JsonType.class);
        for (String keyword : schema.propertyNames()) {
            if (FOR_OBJECTS.contains(keyword)) {
                types.add(JsonType.OBJECT);
            } else if (FOR_ARRAYS.contains(keyword)) {
                types.add(JsonType.ARRAY);
            } else if (FOR_STRINGS.contains(keyword)) {
                types.add(JsonType.STRING);
            } else if (FOR_NUMBERS.contains(keyword)) {
                types.add(JsonType.NUMBER);
            }
        }
        return types.isEmpty() ? JsonType.ALL : types;
    }
}
