package dev.rbees.worker.grammar;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a schema as alternatives that have no {@code $ref}, {@code allOf}, {@code anyOf} or {@code oneOf} of their own. A value
 * is valid when it is valid against one of them; {@code oneOf} is read as {@code anyOf}. Only the schema itself is expanded,
 * not those of its properties and items.
 */
final class Expansion {

    private static final List<String> COMBINING = List.of("$ref", "allOf", "anyOf", "oneOf");

    private final References references;
    private final Budget budget;
    private final Merge merge = new Merge();
    private final IdentityHashMap<JsonNode, List<Place>> known = new IdentityHashMap<>();
    /** Schemas whose expansion has begun: one that meets itself has nothing of its own. */
    private final IdentityHashMap<JsonNode, Boolean> open = new IdentityHashMap<>();

    Expansion(References references, Budget budget) {
        this.references = references;
        this.budget = budget;
    }

    /** The alternatives; none when no value is valid. */
    List<Place> of(Place place) {
        JsonNode schema = place.schema();
        if (schema.isBoolean()) {
            return schema.asBoolean() ? List.of(new Place(JsonNodeFactory.instance.objectNode(), place.pointer()))
                    : List.of();
        }
        List<Place> expanded = known.get(schema);
        if (expanded == null) {
            enter(place);
            Keywords.check(place);
            expanded = expand(place);
            known.put(schema, expanded);
            open.remove(schema);
        }
        return expanded;
    }

    private void enter(Place place) {
        if (open.putIfAbsent(place.schema(), true) != null) {
            throw SchemaProblem.impossible(place.pointer(), "it refers to itself with nothing in between");
        }
        if (open.size() > GrammarLimits.REFERENCE_CHAIN) {
            throw SchemaProblem.tooLarge("has more than " + GrammarLimits.REFERENCE_CHAIN
                    + " references or alternatives inside one another at #" + SchemaProblem.brief(place.pointer()));
        }
        budget.checkTime();
    }

    private List<Place> expand(Place place) {
        List<Place> result = List.of(new Place(own(place.schema()), place.pointer()));
        if (place.schema().has("$ref")) {
            result = both(place, result, of(references.resolve(place)));
        }
        JsonNode allOf = place.schema().path("allOf");
        for (int i = 0; i < allOf.size(); i++) {
            result = both(place, result, of(place.at("allOf", String.valueOf(i))));
        }
        for (String choice : List.of("anyOf", "oneOf")) {
            if (place.schema().has(choice)) {
                List<Place> branches = new ArrayList<>();
                for (int i = 0; i < place.schema().get(choice).size(); i++) {
                    branches.addAll(of(place.at(choice, String.valueOf(i))));
                }
                result = both(place, result, branches);
            }
        }
        return result;
    }

    /** What a schema says itself; the schema when that is all it says. */
    private static JsonNode own(JsonNode schema) {
        if (COMBINING.stream().noneMatch(schema::has)) {
            return schema;
        }
        ObjectNode own = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> entry : schema.properties()) {
            if (Keywords.SUPPORTED.contains(entry.getKey()) && !COMBINING.contains(entry.getKey())) {
                own.set(entry.getKey(), entry.getValue());
            }
        }
        return own;
    }

    private List<Place> both(Place place, List<Place> left, List<Place> right) {
        if ((long) left.size() * right.size() > GrammarLimits.ALTERNATIVES) {
            throw SchemaProblem.tooLarge("has more than " + GrammarLimits.ALTERNATIVES + " alternatives at #"
                    + SchemaProblem.brief(place.pointer()));
        }
        List<Place> merged = new ArrayList<>();
        for (Place a : left) {
            for (Place b : right) {
                budget.step();
                Place both = merge.of(a, b);
                if (both != null) {
                    merged.add(both);
                }
            }
        }
        return merged;
    }
}
