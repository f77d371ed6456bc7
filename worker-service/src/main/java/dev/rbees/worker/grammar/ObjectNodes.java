package dev.rbees.worker.grammar;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Objects with the properties of a schema, in the schema's order; optional ones may be left out, properties that the schema does
 * not name come last.
 */
final class ObjectNodes {

    private static final JsonNode ANYTHING = JsonNodeFactory.instance.booleanNode(true);

    private final Graph graph;
    private final SchemaNodes schemas;
    private final ValueNodes values;
    private final LiteralNodes literals;

    ObjectNodes(Graph graph, SchemaNodes schemas, ValueNodes values, LiteralNodes literals) {
        this.graph = graph;
        this.schemas = schemas;
        this.values = values;
        this.literals = literals;
    }

    private record Property(String name, Place value, boolean required) {}

    /** Compiles a schema of objects; the rule consumes the braces as well. */
    Node start(Place place) {
        List<Property> properties = properties(place);
        Place additional = additional(place);
        Node close = graph.one('}', graph.end());
        Node.Fork loop = graph.fork(close);
        Node member = additional == null ? graph.never() : additionalMember(properties, additional, loop);
        loop.to(graph.one(',', member));
        // why: behind a comma, "members" must follow; without one, the object may also close while nothing is required
        Node members = member;
        Node behind = loop;
        boolean mayClose = true;
        for (Property property : properties.reversed()) {
            Node value = graph.one(':', schemas.compile(property.value(), behind));
            Node own = literals.name(place, property.name(), value);
            members = property.required() ? own : graph.fork(own, members);
            mayClose &= !property.required();
            Node.Fork before = graph.fork(graph.one(',', members));
            behind = mayClose ? before.to(close) : before;
        }
        return graph.one('{', mayClose ? graph.fork(members, close) : members);
    }

    private Node additionalMember(List<Property> properties, Place additional, Node loop) {
        List<String> names = properties.stream().map(Property::name).toList();
        Rule name = names.isEmpty() ? values.name()
                : values.texts().accepted(TextAutomaton.allBut(names), GrammarLimits.NAME);
        return graph.call(name, graph.one(':', schemas.compile(additional, loop)));
    }

    private static List<Property> properties(Place place) {
        JsonNode named = place.schema().path("properties");
        Set<String> required = new LinkedHashSet<>();
        place.schema().path("required").forEach(name -> required.add(name.asString()));
        List<Property> properties = new ArrayList<>();
        for (String name : named.propertyNames()) {
            properties.add(new Property(name, place.at("properties", name), required.remove(name)));
        }
        for (String name : required) {
            properties.add(new Property(name, unnamed(place), true));
        }
        if (properties.size() > GrammarLimits.PROPERTIES) {
            throw SchemaProblem.tooLarge("has more than " + GrammarLimits.PROPERTIES + " properties at #"
                    + SchemaProblem.brief(place.pointer()));
        }
        return properties;
    }

    /** What {@code additionalProperties} says of a property that is required but not named. */
    private static Place unnamed(Place place) {
        return place.schema().has("additionalProperties")
                ? place.at("additionalProperties")
                : new Place(ANYTHING, place.pointer());
    }

    /** The schema of properties that are not named; null where there are none. */
    private static @Nullable Place additional(Place place) {
        JsonNode schema = place.schema();
        if (schema.has("additionalProperties")) {
            boolean none = schema.get("additionalProperties").isBoolean() && !schema.get("additionalProperties").asBoolean();
            return none ? null : place.at("additionalProperties");
        }
        return schema.path("properties").isEmpty() ? new Place(ANYTHING, place.pointer()) : null;
    }
}
