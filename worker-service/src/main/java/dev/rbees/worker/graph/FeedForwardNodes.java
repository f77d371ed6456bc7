package dev.rbees.worker.graph;

import java.io.IOException;
import java.util.List;

import dev.rbees.worker.graph.OnnxGraph.Attribute;
import dev.rbees.worker.graph.OnnxGraph.Domain;
import dev.rbees.worker.model.Architecture.Trait;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.TensorSource;

/** Writes the gated feed-forward part of each layer. */
final class FeedForwardNodes {

    private final OnnxGraph graph;
    private final TensorSource source;
    private final DecoderShape shape;
    private final MatrixNodes matrices;

    FeedForwardNodes(OnnxGraph graph, TensorSource source, DecoderShape shape, MatrixNodes matrices) {
        this.graph = graph;
        this.source = source;
        this.shape = shape;
        this.matrices = matrices;
    }

    String write(int layer, String input) throws IOException {
        String name = "layer" + layer + ".ffn";
        String block = "blk." + layer + ".";
        List<String> halves = gateAndUp(name, block, input);
        String gated = graph.binary(name + ".gated", "Mul", activate(name, halves.getFirst()), halves.getLast());
        return matrices.project(name + ".down", gated,
                source.require(block + "ffn_down.weight", shape.feedForward(), shape.width()));
    }

    private List<String> gateAndUp(String name, String block, String input) throws IOException {
        long width = shape.feedForward();
        List<String> projected = shape.has(Trait.FUSED_MATRICES)
                ? List.of(matrices.project(name + ".gate_up", input,
                        source.require(block + "ffn_up.weight", shape.width(), 2 * width)))
                : matrices.projectTogether(name + ".gate_up", input,
                        List.of(source.require(block + "ffn_gate.weight", shape.width(), width),
                                source.require(block + "ffn_up.weight", shape.width(), width)));
        if (projected.size() == 2) {
            return projected;
        }
        List<String> halves = List.of(name + ".gate", name + ".up");
        graph.node(name + ".split", Domain.ONNX, "Split", projected, halves, Attribute.integer("axis", -1),
                Attribute.integer("num_outputs", 2));
        return halves;
    }

    private String activate(String name, String gate) {
        if (shape.has(Trait.GELU)) {
            graph.node(name + ".gelu", Domain.ONNX, "Gelu", List.of(gate), List.of(name + ".gelu.out"),
                    Attribute.text("approximate", "tanh"));
            return name + ".gelu.out";
        }
        return graph.binary(name + ".silu", "Mul", gate, graph.unary(name + ".sigmoid", "Sigmoid", gate));
    }
}
