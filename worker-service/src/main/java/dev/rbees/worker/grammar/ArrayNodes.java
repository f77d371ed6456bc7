package dev.rbees.worker.grammar;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Arrays: first the items that the schema gives one by one, then those that are all alike, which are counted. */
final class ArrayNodes {

    private static final int MOST = 1_000_000;

    private final Graph graph;
    private final SchemaNodes schemas;

    ArrayNodes(Graph graph, SchemaNodes schemas) {
        this.graph = graph;
        this.schemas = schemas;
    }

    /** An empty rule with the right counts for the schema. */
    static Rule rule(Place place) {
        int first = firstItems(place);
        int most = most(place);
        return new Rule(Math.max(0, least(place) - first), most == Rule.UNBOUNDED ? most : most - first);
    }

    /** Compiles a schema of arrays; the rule consumes the brackets as well. */
    Node start(Place place) {
        int least = least(place);
        int most = most(place);
        if (least > most) {
            return graph.never();
        }
        int first = firstItems(place);
        Node close = graph.one(']', graph.end());
        Node.Fork more = graph.fork(graph.enough(close));
        Place items = items(place, least);
        Node item = items == null || most == first ? graph.never() : graph.count(schemas.compile(items, more));
        more.to(graph.one(',', item));
        Node afterComma = item;
        Node behind = least > first ? graph.one(',', item) : more;
        for (int i = first - 1; i >= 0; i--) {
            afterComma = schemas.compile(place.at("prefixItems", String.valueOf(i)), behind);
            Node comma = graph.one(',', afterComma);
            behind = least > i ? comma : graph.fork(comma, close);
        }
        return graph.one('[', least > 0 ? afterComma : graph.fork(afterComma, close));
    }

    private static int firstItems(Place place) {
        return Math.min(place.schema().path("prefixItems").size(), most(place));
    }

    private static @Nullable Place items(Place place, int least) {
        JsonNode schema = place.schema();
        if (schema.has("items")) {
            return place.at("items");
        }
        boolean closed = schema.has("prefixItems") && least <= schema.get("prefixItems").size();
        return closed ? null : new Place(JsonNodeFactory.instance.booleanNode(true), place.pointer());
    }

    private static int least(Place place) {
        return bounded(place.schema().get("minItems"), 0);
    }

    private static int most(Place place) {
        return bounded(place.schema().get("maxItems"), Rule.UNBOUNDED);
    }

    private static int bounded(@Nullable JsonNode value, int absent) {
        return value == null ? absent : value.decimalValue().min(BigDecimal.valueOf(MOST)).intValue();
    }
}
