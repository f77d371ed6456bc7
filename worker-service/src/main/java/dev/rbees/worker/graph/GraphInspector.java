package dev.rbees.worker.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Walks through a whole model, subgraphs and functions included, and refuses what could reach beyond it: constants outside the
 * folder, operators of strangers, nesting without end. Each byte of structure is read once.
 *
 * <p>
 * A message that may occur once is refused when it occurs twice: the runtime would merge the two, and see another model than
 * was checked. Source of the field numbers: onnx.proto3 of ONNX 1.17.
 */
final class GraphInspector {

    /** The operators of ONNX and those that ONNX Runtime brings; a domain may be written in either way. */
    private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "ai.onnx.ml", "com.microsoft");
    /** It holds, or names a file with, a program for some device. */
    private static final String FOREIGN_PROGRAM = "EPContext";

    private static final int MAX_DEPTH = 16;
    private static final int MAX_NODES = 1_000_000;
    private static final int MAX_NAME = 4096;
    private static final int MAX_OUTER_NAMES = 65_536;

    private final ExternalData externalData;
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private int nodes;

    GraphInspector(ExternalData externalData) {
        this.externalData = externalData;
    }

    /** Names of the graph's inputs, constants that it lists among them included. */
    List<String> inputs() {
        return inputs;
    }

    List<String> outputs() {
        return outputs;
    }

    void model(ProtoReader model) {
        Once once = new Once("the model");
        while (model.next()) {
            switch (model.field()) {
                case 7 -> {
                    once.see(7);
                    graph(model.message(), 0);
                }
                case 20 -> throw ExternalData.refused("is made for training");
                case 25 -> function(model.message());
                default -> {
                    // versions and remarks
                }
            }
        }
        if (!once.seen(7)) {
            throw ProtoReader.broken("it has no graph");
        }
    }

    private void function(ProtoReader function) {
        while (function.next()) {
            switch (function.field()) {
                case 7 -> node(function.message(), 1);
                case 10 -> requireKnown(function.text(MAX_NAME));
                case 11 -> attribute(function.message(), 1);
                default -> {
                    // names
                }
            }
        }
    }

    private void graph(ProtoReader graph, int depth) {
        if (depth > MAX_DEPTH) {
            throw ExternalData.refused("has more than " + MAX_DEPTH + " graphs inside one another");
        }
        while (graph.next()) {
            switch (graph.field()) {
                case 1 -> node(graph.message(), depth);
                case 5 -> tensor(graph.message());
                case 11 -> outerName(graph.message(), depth, inputs);
                case 12 -> outerName(graph.message(), depth, outputs);
                case 15 -> sparseTensor(graph.message());
                default -> {
                    // names, types of inner values, remarks
                }
            }
        }
    }

    private void outerName(ProtoReader value, int depth, List<String> names) {
        while (depth == 0 && value.next()) {
            if (value.field() == 1) {
                if (names.size() == MAX_OUTER_NAMES) {
                    throw ExternalData.refused("has more than " + MAX_OUTER_NAMES + " inputs or outputs");
                }
                names.add(value.text(MAX_NAME));
            }
        }
    }

    private void node(ProtoReader node, int depth) {
        if (++nodes > MAX_NODES) {
            throw ExternalData.refused("has more than " + MAX_NODES + " nodes");
        }
        while (node.next()) {
            switch (node.field()) {
                case 4 -> {
                    if (node.text(MAX_NAME).equals(FOREIGN_PROGRAM)) {
                        throw ExternalData.refused("holds a program for a device (EPContext)");
                    }
                }
                case 5 -> attribute(node.message(), depth);
                case 7 -> requireKnown(node.text(MAX_NAME));
                default -> {
                    // names
                }
            }
        }
    }

    private static void requireKnown(String domain) {
        if (!DOMAINS.contains(domain)) {
            String shown = domain.replaceAll("[^\\x20-\\x7E]", "?");
            throw ExternalData.refused("needs operators of '" + shown.substring(0, Math.min(60, shown.length()))
                    + "'; supported are those of ai.onnx, ai.onnx.ml and com.microsoft");
        }
    }

    private void attribute(ProtoReader attribute, int depth) {
        Once once = new Once("an attribute");
        while (attribute.next()) {
            switch (attribute.field()) {
                case 5 -> {
                    once.see(5);
                    tensor(attribute.message());
                }
                case 6 -> {
                    once.see(6);
                    graph(attribute.message(), depth + 1);
                }
                case 10 -> tensor(attribute.message());
                case 11 -> graph(attribute.message(), depth + 1);
                case 22 -> {
                    once.see(22);
                    sparseTensor(attribute.message());
                }
                case 23 -> sparseTensor(attribute.message());
                default -> {
                    // numbers and texts
                }
            }
        }
    }

    private void sparseTensor(ProtoReader sparse) {
        Once once = new Once("a sparse tensor");
        while (sparse.next()) {
            if (sparse.field() == 1 || sparse.field() == 2) {
                once.see(sparse.field());
                tensor(sparse.message());
            }
        }
    }

    private void tensor(ProtoReader tensor) {
        Map<String, String> entries = new HashMap<>();
        boolean external = false;
        Once once = new Once("a tensor");
        while (tensor.next()) {
            if (tensor.field() == 13) {
                entry(tensor.message(), entries);
            } else if (tensor.field() == 14) {
                once.see(14);
                external = tensor.integer() != 0;
            }
        }
        if (external || !entries.isEmpty()) {
            externalData.check(entries);
        }
    }

    private static void entry(ProtoReader entry, Map<String, String> entries) {
        Once once = new Once("an entry of external data");
        String key = "";
        String value = "";
        while (entry.next()) {
            switch (entry.field()) {
                case 1 -> {
                    once.see(1);
                    key = entry.text(MAX_NAME);
                }
                case 2 -> {
                    once.see(2);
                    value = entry.text(MAX_NAME);
                }
                default -> throw ProtoReader.broken("external data have a field " + entry.field());
            }
        }
        if (entries.put(key, value) != null) {
            throw ProtoReader.broken("external data have two entries of one name");
        }
    }

    /** Fields that were seen in a message of which each may occur once. */
    private static final class Once {

        private final String message;
        private final Set<Integer> fields = new HashSet<>();

        Once(String message) {
            this.message = message;
        }

        void see(int field) {
            if (!fields.add(field)) {
                throw ProtoReader.broken(message + " has field " + field + " twice");
            }
        }

        boolean seen(int field) {
            return fields.contains(field);
        }
    }
}
