package dev.rbees.worker.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;

/**
 * Compiles schemas to nodes. Objects and arrays become rules that are compiled later, once each, so that recursive schemas stay
 * finite and deep ones need no deep stack.
 */
final class SchemaNodes {

    private static final Set<String> BESIDE_VALUES = Set.of("enum", "const", "type", "nullable");

    private final Graph graph;
    private final Expansion expansion;
    private final LiteralNodes literals;
    private final NumberNodes numbers;
    private final ValueNodes values;
    private final StringNodes strings;
    private final ObjectNodes objects;
    private final ArrayNodes arrays;
    private final IdentityHashMap<JsonNode, Rule> objectRules = new IdentityHashMap<>();
    private final IdentityHashMap<JsonNode, Rule> arrayRules = new IdentityHashMap<>();
    private final Deque<Runnable> waiting = new ArrayDeque<>();

    SchemaNodes(Graph graph, Expansion expansion) {
        this.graph = graph;
        this.expansion = expansion;
        this.literals = new LiteralNodes(graph);
        this.numbers = new NumberNodes(graph);
        TextNodes texts = new TextNodes(graph);
        this.values = new ValueNodes(graph, texts, numbers, literals);
        this.strings = new StringNodes(graph, texts);
        this.objects = new ObjectNodes(graph, this, values, literals);
        this.arrays = new ArrayNodes(graph, this);
    }

    /** Any object. */
    Node anyObject(Node next) {
        return values.of(JsonType.OBJECT, next);
    }

    /** The values of a schema. */
    Node compile(Place place, Node next) {
        List<Place> alternatives = expansion.of(place);
        if (alternatives.size() == 1) {
            return alternative(alternatives.getFirst(), next);
        }
        Node.Fork fork = graph.fork();
        for (Place alternative : alternatives) {
            fork.to(alternative(alternative, next));
        }
        return fork;
    }

    /** Compiles the rules that wait, and those that come up meanwhile. */
    void compileWaiting() {
        for (Runnable rule = waiting.poll(); rule != null; rule = waiting.poll()) {
            graph.budget().checkTime();
            rule.run();
        }
    }

    private Node alternative(Place place, Node next) {
        JsonNode schema = place.schema();
        if (schema.has("enum") || schema.has("const")) {
            return listed(place, next);
        }
        Set<JsonType> types = JsonType.of(schema);
        Node.Fork fork = graph.fork();
        for (JsonType type : types) {
            fork.to(typed(place, type, next));
        }
        return fork;
    }

    private Node typed(Place place, JsonType type, Node next) {
        JsonNode schema = place.schema();
        return switch (type) {
            case OBJECT -> isAny(schema, "properties", "required", "additionalProperties")
                    ? values.of(type, next)
                    : graph.call(objectRule(place), next);
            case ARRAY -> isAny(schema, "items", "prefixItems", "minItems", "maxItems")
                    ? values.of(type, next)
                    : graph.call(arrayRule(place), next);
            case STRING -> strings.of(place, next);
            case INTEGER -> integer(place, next);
            case NUMBER -> number(place, next);
            case BOOLEAN, NULL -> values.of(type, next);
        };
    }

    private static boolean isAny(JsonNode schema, String... keywords) {
        for (String keyword : keywords) {
            if (schema.has(keyword)) {
                return false;
            }
        }
        return true;
    }

    private Node integer(Place place, Node next) {
        IntegerRange range = IntegerRange.of(place.schema(), place.pointer());
        if (range.isEmpty()) {
            return graph.never();
        }
        boolean any = isAny(place.schema(), "multipleOf") && !DecimalRange.isIn(place.schema());
        return any ? values.of(JsonType.INTEGER, next) : numbers.integer(range, next);
    }

    private Node number(Place place, Node next) {
        if (place.schema().has("multipleOf")) {
            throw SchemaProblem.unsupported(place.pointer(), "multipleOf", "it needs the type integer");
        }
        if (!DecimalRange.isIn(place.schema())) {
            return values.of(JsonType.NUMBER, next);
        }
        DecimalRange range = DecimalRange.of(place.schema());
        return range.isEmpty() ? graph.never() : numbers.number(range, next);
    }

    private Node listed(Place place, Node next) {
        JsonNode schema = place.schema();
        for (String keyword : schema.propertyNames()) {
            if (Keywords.SUPPORTED.contains(keyword) && !BESIDE_VALUES.contains(keyword)) {
                throw SchemaProblem.unsupported(place.pointer(), keyword,
                        "beside enum or const only type is; leave out of the list what is not wanted");
            }
        }
        List<JsonNode> listed = new ArrayList<>();
        schema.path("enum").forEach(listed::add);
        if (listed.size() > GrammarLimits.ENUM_VALUES) {
            throw SchemaProblem.tooLarge("has an enum of more than " + GrammarLimits.ENUM_VALUES + " values at #"
                    + SchemaProblem.brief(place.pointer()));
        }
        JsonNode constant = schema.get("const");
        if (constant != null) {
            boolean excluded = schema.has("enum") && !listed.contains(constant);
            listed = excluded ? List.of() : List.of(constant);
        }
        Set<JsonType> types = JsonType.of(schema);
        return literals.anyOf(place,
                listed.stream().filter(value -> types.stream().anyMatch(type -> type.holds(value))).toList(),
                next);
    }

    private Rule objectRule(Place place) {
        Rule known = objectRules.get(place.schema());
        if (known != null) {
            return known;
        }
        Rule rule = new Rule(0, Rule.UNBOUNDED);
        objectRules.put(place.schema(), rule);
        waiting.add(() -> rule.startAt(objects.start(place)));
        return rule;
    }

    private Rule arrayRule(Place place) {
        Rule known = arrayRules.get(place.schema());
        if (known != null) {
            return known;
        }
        Rule rule = ArrayNodes.rule(place);
        arrayRules.put(place.schema(), rule);
        waiting.add(() -> rule.startAt(arrays.start(place)));
        return rule;
    }
}
