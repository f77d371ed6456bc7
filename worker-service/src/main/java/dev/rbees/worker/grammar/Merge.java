package dev.rbees.worker.grammar;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes one schema of two that must both hold. The same two give the same result, so that recursive schemas stay finite. Keywords
 * that cannot be joined exactly are refused.
 */
final class Merge {

    private final IdentityHashMap<JsonNode, IdentityHashMap<JsonNode, Place>> known = new IdentityHashMap<>();

    /** Null when no value can be valid against both. */
    @Nullable
    Place of(Place a, Place b) {
        if (saysNothing(a.schema())) {
            return b;
        }
        if (saysNothing(b.schema())) {
            return a;
        }
        if (disjoint(a.schema(), b.schema())) {
            return null;
        }
        IdentityHashMap<JsonNode, Place> row = known.computeIfAbsent(a.schema(), _ -> new IdentityHashMap<>());
        Place merged = row.get(b.schema());
        if (merged == null) {
            merged = new Place(join(a, b), a.pointer());
            row.put(b.schema(), merged);
        }
        return merged;
    }

    private static boolean saysNothing(JsonNode schema) {
        return schema.propertyNames().stream().noneMatch(Keywords.SUPPORTED::contains);
    }

    private static boolean disjoint(JsonNode a, JsonNode b) {
        return a.has("type") && b.has("type") && commonTypes(a, b).isEmpty();
    }

    private static Set<JsonType> commonTypes(JsonNode a, JsonNode b) {
        Set<JsonType> first = JsonType.of(a);
        Set<JsonType> second = JsonType.of(b);
        Set<JsonType> common = EnumSet.noneOf(JsonType.class);
        for (JsonType type : JsonType.values()) {
            boolean inFirst = first.contains(type) || (type == JsonType.INTEGER && first.contains(JsonType.NUMBER));
            boolean inSecond = second.contains(type) || (type == JsonType.INTEGER && second.contains(JsonType.NUMBER));
            if (inFirst && inSecond) {
                common.add(type);
            }
        }
        return common;
    }

    private static ObjectNode join(Place a, Place b) {
        ObjectNode joined = JsonNodeFactory.instance.objectNode();
        checkClosed(a, b);
        checkClosed(b, a);
        for (Place place : List.of(a, b)) {
            for (Map.Entry<String, JsonNode> entry : place.schema().properties()) {
                String keyword = entry.getKey();
                JsonNode other = joined.get(keyword);
                if (Keywords.SUPPORTED.contains(keyword) && !keyword.equals("nullable")) {
                    joined.set(keyword, other == null ? entry.getValue() : join(place, keyword, other, entry.getValue()));
                }
            }
        }
        if (a.schema().has("type") || b.schema().has("type")) {
            ArrayNode types = JsonNodeFactory.instance.arrayNode();
            typesOf(a.schema(), b.schema()).forEach(type -> types.add(type.word()));
            joined.set("type", types);
        }
        return joined;
    }

    private static Set<JsonType> typesOf(JsonNode a, JsonNode b) {
        if (!a.has("type")) {
            return JsonType.of(b);
        }
        return b.has("type") ? commonTypes(a, b) : JsonType.of(a);
    }

    /** why: additionalProperties speaks of the properties beside it, not of those that the other schema adds. */
    private static void checkClosed(Place a, Place b) {
        if (!a.schema().has("additionalProperties") || isTrue(a.schema().get("additionalProperties"))) {
            return;
        }
        for (String name : b.schema().path("properties").propertyNames()) {
            if (!a.schema().path("properties").has(name)) {
                throw SchemaProblem.unsupported(a.pointer(), "additionalProperties",
                        "it cannot be joined with a schema beside it that has the property " + SchemaProblem.brief(name));
            }
        }
    }

    private static boolean isTrue(JsonNode schema) {
        return schema.isBoolean() && schema.asBoolean();
    }

    private static JsonNode join(Place place, String keyword, JsonNode a, JsonNode b) {
        return switch (keyword) {
            case "minimum", "exclusiveMinimum", "minLength", "minItems" ->
                a.decimalValue().compareTo(b.decimalValue()) < 0 ? b : a;
            case "maximum", "exclusiveMaximum", "maxLength", "maxItems" ->
                a.decimalValue().compareTo(b.decimalValue()) > 0 ? b : a;
            case "required" -> union(a, b);
            case "properties" -> properties((ObjectNode) a, b);
            case "enum" -> intersection(a, b);
            case "items" -> allOf(a, b);
            case "type" -> a;
            default -> {
                if (keyword.equals("additionalProperties") && isTrue(a)) {
                    yield b;
                }
                if (!a.equals(b) && !(keyword.equals("additionalProperties") && isTrue(b))) {
                    throw SchemaProblem.unsupported(place.pointer(), keyword,
                            "two schemas that must both hold have it with different values; write one of them");
                }
                yield a;
            }
        };
    }

    private static JsonNode union(JsonNode a, JsonNode b) {
        Set<JsonNode> all = new LinkedHashSet<>();
        a.forEach(all::add);
        b.forEach(all::add);
        return JsonNodeFactory.instance.arrayNode().addAll(all);
    }

    private static JsonNode intersection(JsonNode a, JsonNode b) {
        List<JsonNode> common = new ArrayList<>();
        a.forEach(common::add);
        Set<JsonNode> others = new LinkedHashSet<>();
        b.forEach(others::add);
        common.retainAll(others);
        return JsonNodeFactory.instance.arrayNode().addAll(common);
    }

    private static JsonNode properties(ObjectNode a, JsonNode b) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        all.setAll(a);
        for (Map.Entry<String, JsonNode> entry : b.properties()) {
            JsonNode other = all.get(entry.getKey());
            all.set(entry.getKey(), other == null ? entry.getValue() : allOf(other, entry.getValue()));
        }
        return all;
    }

    private static JsonNode allOf(JsonNode a, JsonNode b) {
        return a.equals(b) ? a
                : JsonNodeFactory.instance.objectNode().set("allOf", JsonNodeFactory.instance.arrayNode().add(a).add(b));
    }
}
