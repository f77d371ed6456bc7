package dev.rbees.worker.graph;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An ONNX graph in the making: inputs, outputs, nodes, and constants whose bytes lie in a file beside the model.
 *
 * <p>
 * Source of the field numbers: onnx.proto3 of ONNX 1.17 (IR version 10, operator set 21).
 */
final class OnnxGraph {

    /** The operators of ONNX itself, and those that ONNX Runtime adds. */
    enum Domain {
        ONNX(""),
        MICROSOFT("com.microsoft");

        private final String id;

        Domain(String id) {
            this.id = id;
        }
    }

    private static final int IR_VERSION = 10;
    private static final int ONNX_OPERATORS = 21;

    private final String weightsFile;
    private final ProtoWriter graph = new ProtoWriter();
    private final Set<String> constants = new HashSet<>();

    /** @param weightsFile name of the file, beside the model, that holds the constants */
    OnnxGraph(String weightsFile) {
        this.weightsFile = weightsFile;
    }

    /** Adds an input; dimensions are numbers or names. */
    void input(String name, ElementType type, Object... dimensions) {
        graph.message(11, valueInfo(name, type, dimensions));
    }

    /** Adds an output; dimensions are numbers or names. */
    void output(String name, ElementType type, Object... dimensions) {
        graph.message(12, valueInfo(name, type, dimensions));
    }

    /** The constant of that name, which lies in the weights file. Several constants may share a place. */
    String constant(String name, ElementType type, WeightsFile.Place place, long... dimensions) {
        if (!constants.add(name)) {
            return name;
        }
        ProtoWriter tensor = tensor(name, type, dimensions);
        tensor.message(13, new ProtoWriter().text(1, "location").text(2, weightsFile));
        tensor.message(13, new ProtoWriter().text(1, "offset").text(2, Long.toString(place.offset())));
        tensor.message(13, new ProtoWriter().text(1, "length").text(2, Long.toString(place.length())));
        graph.message(5, tensor.integer(14, 1));
        return name;
    }

    /** Adds a small constant of whole numbers that lies in the model itself. */
    String constant(String name, long... values) {
        if (!constants.add(name)) {
            return name;
        }
        ProtoWriter tensor = tensor(name, ElementType.INT64, values.length);
        for (long value : values) {
            tensor.integer(7, value);
        }
        graph.message(5, tensor);
        return name;
    }

    /** Adds a constant that is one number and lies in the model itself. */
    String scalar(String name, float value) {
        if (constants.add(name)) {
            graph.message(5, new ProtoWriter().integer(2, ElementType.FLOAT.id()).text(8, name).bytes(9,
                    LittleEndian.bytes(new float[] {value})));
        }
        return name;
    }

    /** Adds a node of ONNX with one input; gives the name of its output. */
    String unary(String name, String operator, String input) {
        node(name, Domain.ONNX, operator, List.of(input), List.of(name + ".out"));
        return name + ".out";
    }

    /** Adds a node of ONNX with two inputs; gives the name of its output. */
    String binary(String name, String operator, String left, String right) {
        node(name, Domain.ONNX, operator, List.of(left, right), List.of(name + ".out"));
        return name + ".out";
    }

    private static ProtoWriter tensor(String name, ElementType type, long... dimensions) {
        ProtoWriter tensor = new ProtoWriter();
        for (long dimension : dimensions) {
            tensor.integer(1, dimension);
        }
        return tensor.integer(2, type.id()).text(8, name);
    }

    /** Adds a node. */
    void node(String name, Domain domain, String operator, List<String> inputs, List<String> outputs,
            Attribute... attributes) {
        ProtoWriter node = new ProtoWriter();
        inputs.forEach(input -> node.text(1, input));
        outputs.forEach(output -> node.text(2, output));
        node.text(3, name).text(4, operator);
        for (Attribute attribute : attributes) {
            node.message(5, attribute.proto());
        }
        graph.message(1, node.text(7, domain.id));
    }

    /** The model file. */
    byte[] toModel(String graphName) {
        graph.text(2, graphName);
        return new ProtoWriter().integer(1, IR_VERSION).text(2, "rbees")
                .message(7, graph)
                .message(8, new ProtoWriter().text(1, Domain.ONNX.id).integer(2, ONNX_OPERATORS))
                .message(8, new ProtoWriter().text(1, Domain.MICROSOFT.id).integer(2, 1))
                .toBytes();
    }

    private static ProtoWriter valueInfo(String name, ElementType type, Object... dimensions) {
        ProtoWriter shape = new ProtoWriter();
        for (Object dimension : dimensions) {
            ProtoWriter one = new ProtoWriter();
            if (dimension instanceof Number number) {
                one.integer(1, number.longValue());
            } else {
                one.text(2, dimension.toString());
            }
            shape.message(1, one);
        }
        ProtoWriter tensor = new ProtoWriter().integer(1, type.id()).message(2, shape);
        return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensor));
    }

    /**
     * An attribute of a node.
     *
     * @param proto the message
     */
    record Attribute(ProtoWriter proto) {

        static Attribute integer(String name, long value) {
            return new Attribute(new ProtoWriter().text(1, name).integer(3, value).integer(20, 2));
        }

        static Attribute text(String name, String value) {
            return new Attribute(new ProtoWriter().text(1, name).text(4, value).integer(20, 3));
        }

        static Attribute number(String name, double value) {
            return new Attribute(new ProtoWriter().text(1, name).number(2, (float) value).integer(20, 1));
        }
    }
}
