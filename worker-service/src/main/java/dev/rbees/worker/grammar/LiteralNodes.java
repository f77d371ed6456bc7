package dev.rbees.worker.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import dev.rbees.api.json.Json;

/** Values and names that are written out in a schema, as compact JSON. */
final class LiteralNodes {

    private final Graph graph;

    LiteralNodes(Graph graph) {
        this.graph = graph;
    }

    /** The name of a property, in quotes. */
    Node name(Place object, String name, Node next) {
        return graph.literal(octets(object, JsonNodeFactory.instance.stringNode(name)), next);
    }

    Node word(String word, Node next) {
        return graph.literal(word.getBytes(StandardCharsets.US_ASCII), next);
    }

    /** Any of these values. */
    Node anyOf(Place place, List<JsonNode> values, Node next) {
        List<byte[]> literals = new ArrayList<>(values.size());
        for (JsonNode value : values) {
            literals.add(octets(place, value));
        }
        literals.sort(Arrays::compareUnsigned);
        return branch(literals, 0, next);
    }

    /** The sorted literals behind a common beginning: one edge per byte, so that many values cost no more than one. */
    private Node branch(List<byte[]> literals, int at, Node next) {
        Node.Bytes node = graph.bytes();
        boolean ends = false;
        int from = 0;
        while (from < literals.size()) {
            if (literals.get(from).length == at) {
                ends = true;
                from++;
                continue;
            }
            byte octet = literals.get(from)[at];
            int to = from;
            while (to < literals.size() && literals.get(to)[at] == octet) {
                to++;
            }
            List<byte[]> group = literals.subList(from, to);
            Node rest = group.size() == 1
                    ? graph.literal(Arrays.copyOfRange(group.getFirst(), at + 1, group.getFirst().length), next)
                    : branch(group, at + 1, next);
            node.on(octet & 0xFF, rest);
            from = to;
        }
        return ends ? graph.fork(next, node) : node;
    }

    private static byte[] octets(Place place, JsonNode value) {
        String text = Json.write(value);
        // why: half of a surrogate pair has no UTF-8
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw SchemaProblem.malformed("at #" + place.pointer() + ", a text holds half of a surrogate pair");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
