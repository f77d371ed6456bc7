package dev.rbees.worker.grammar;

import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;

/**
 * Compiles JSON Schemas (2020-12) to grammars of compact JSON. Every text of the grammar is valid against the schema; not every
 * valid value is in the grammar:
 * <ul>
 * <li>properties come in the order of the schema, those that it does not name last; where it names some and says nothing of
 * {@code additionalProperties}, there are no others; likewise for {@code items} beside {@code prefixItems};
 * <li>a schema without {@code type} is of the types its other keywords speak of;
 * <li>texts have up to 16 384 characters, other properties' names up to 128, numbers 18 digits before and behind the point and 2 in
 * the exponent, integers no point; arrays and objects are nested up to 32 deep;
 * <li>{@code oneOf} is read as {@code anyOf}: that is the one case in which a text of the grammar may not be valid, when two of
 * the alternatives overlap; names of properties that the schema does not name may come twice;
 * <li>texts with a {@code pattern} or {@code format}, and what {@code enum}, {@code const} and {@code properties} list, are
 * written without escapes that JSON does not need.
 * </ul>
 * Keywords that are not supported are refused by name, never passed over.
 */
final class SchemaCompiler {

    private SchemaCompiler() {}

    /**
     * The schema as compact JSON.
     *
     * @throws dev.rbees.api.error.RbeesException INVALID_REQUEST when it is too large
     */
    static String checkedText(JsonNode schema) {
        checkNesting(schema, 0);
        String text = Json.write(schema);
        if (text.getBytes(StandardCharsets.UTF_8).length > GrammarLimits.SCHEMA_BYTES) {
            throw SchemaProblem.tooLarge("is longer than " + GrammarLimits.SCHEMA_BYTES / 1024 + " KiB");
        }
        return text;
    }

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST when it cannot be kept to; the message says why and where */
    static Grammar compile(JsonNode schema, LongSupplier nanoClock) {
        checkedText(schema);
        MetaSchema.check(schema);
        // why: the first use of the library reads the standard's schema, which is not this schema's cost
        Budget budget = new Budget(nanoClock);
        Graph graph = new Graph(budget);
        Node end = graph.end();
        SchemaNodes nodes = new SchemaNodes(graph, new Expansion(new References(schema), budget));
        Rule root = new Rule(0, Rule.UNBOUNDED);
        root.startAt(nodes.compile(new Place(schema, ""), end));
        nodes.compileWaiting();
        return graph.finish(root);
    }

    /** Any JSON object. */
    static Grammar anyObject() {
        Budget budget = new Budget(() -> 0);
        Graph graph = new Graph(budget);
        Node end = graph.end();
        Rule root = new Rule(0, Rule.UNBOUNDED);
        root.startAt(
                new SchemaNodes(graph, new Expansion(new References(Json.readTree("{}".getBytes(StandardCharsets.UTF_8))),
                        budget)).anyObject(end));
        return graph.finish(root);
    }

    private static void checkNesting(JsonNode node, int depth) {
        if (depth > GrammarLimits.SCHEMA_NESTING) {
            throw SchemaProblem.tooLarge("is nested more than " + GrammarLimits.SCHEMA_NESTING + " deep");
        }
        for (JsonNode child : node) {
            checkNesting(child, depth + 1);
        }
    }
}
