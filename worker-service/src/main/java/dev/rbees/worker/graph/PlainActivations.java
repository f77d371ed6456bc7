package dev.rbees.worker.graph;

import java.util.List;
import java.util.Optional;

/**
 * Makes the 4-bit matrices of a decoder graph multiply with plain activations instead of ones that are rounded to 8 bits.
 *
 * <p>
 * With one token that is three times as slow, and with many, where each weight is unpacked once for all of them, it is 1.3 to
 * 1.5 times as fast on processors with AVX-512, and closer to exact arithmetic.
 */
public final class PlainActivations {

    private static final String MULTIPLY = "MatMulNBits";

    /** Field numbers of onnx.proto3. */
    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_NODE = 1;
    private static final int NODE_OPERATOR = 4;
    private static final int NODE_ATTRIBUTE = 5;
    private static final int ATTRIBUTE_NAME = 1;
    private static final int ATTRIBUTE_INTEGER = 3;

    private static final int PLAIN = 1;

    private boolean changed;

    private PlainActivations() {}

    /**
     * @param model the bytes of a model file
     * @return those of the same model with such activations; empty when it has no 4-bit matrices
     * @throws IllegalArgumentException when they are no model
     */
    public static Optional<byte[]> rewrite(byte[] model) {
        PlainActivations rewriting = new PlainActivations();
        ProtoWriter written = new ProtoWriter();
        for (ProtoField field : ProtoField.read(model)) {
            if (field.number() == MODEL_GRAPH) {
                written.message(MODEL_GRAPH, rewriting.graph(ProtoField.read(field.bytes())));
            } else {
                field.copyTo(written);
            }
        }
        return rewriting.changed ? Optional.of(written.toBytes()) : Optional.empty();
    }

    private ProtoWriter graph(List<ProtoField> fields) {
        ProtoWriter graph = new ProtoWriter();
        for (ProtoField field : fields) {
            if (field.number() == GRAPH_NODE) {
                node(field, graph);
            } else {
                field.copyTo(graph);
            }
        }
        return graph;
    }

    private void node(ProtoField node, ProtoWriter graph) {
        List<ProtoField> fields = ProtoField.read(node.bytes());
        if (!ProtoField.texts(fields, NODE_OPERATOR).equals(List.of(MULTIPLY)) || attribute(fields, "bits") != 4) {
            node.copyTo(graph);
            return;
        }
        changed = true;
        ProtoWriter written = new ProtoWriter();
        fields.stream().filter(field -> !isAttribute(field, MatrixNodes.ACCURACY)).forEach(field -> field.copyTo(written));
        written.message(NODE_ATTRIBUTE, OnnxGraph.Attribute.integer(MatrixNodes.ACCURACY, PLAIN).proto());
        graph.message(GRAPH_NODE, written);
    }

    private static long attribute(List<ProtoField> node, String name) {
        return node.stream().filter(field -> isAttribute(field, name))
                .flatMap(field -> ProtoField.read(field.bytes()).stream())
                .filter(field -> field.number() == ATTRIBUTE_INTEGER)
                .mapToLong(ProtoField::value).findFirst().orElse(0);
    }

    private static boolean isAttribute(ProtoField field, String name) {
        return field.number() == NODE_ATTRIBUTE
                && ProtoField.texts(ProtoField.read(field.bytes()), ATTRIBUTE_NAME).equals(List.of(name));
    }
}
