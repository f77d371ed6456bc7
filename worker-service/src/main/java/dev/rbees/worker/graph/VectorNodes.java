package dev.rbees.worker.graph;

import java.io.IOException;
import java.util.List;

import dev.rbees.worker.graph.OnnxGraph.Attribute;
import dev.rbees.worker.graph.OnnxGraph.Domain;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.PlainNumbers;
import dev.rbees.worker.model.TensorSource;

/** Writes RMS norms. Source: Zhang and Sennrich, Root Mean Square Layer Normalization, 2019. */
final class VectorNodes {

    private final OnnxGraph graph;
    private final TensorSource source;
    private final DecoderShape shape;
    private final MatrixPacker packer;

    VectorNodes(OnnxGraph graph, TensorSource source, DecoderShape shape, MatrixPacker packer) {
        this.graph = graph;
        this.source = source;
        this.shape = shape;
        this.packer = packer;
    }

    /** Norms along the last axis, which is {@code width} long. */
    String norm(String name, String input, String gainTensor, int width) throws IOException {
        graph.node(name, Domain.ONNX, "SimplifiedLayerNormalization", List.of(input, gain(name, gainTensor, width)),
                List.of(name + ".out"), Attribute.integer("axis", -1), Attribute.number("epsilon", shape.normEpsilon()),
                Attribute.integer("stash_type", 1));
        return name + ".out";
    }

    /** Adds to the residual stream and norms it; the two outputs are the normed stream and the stream itself. */
    List<String> addAndNorm(String name, String addend, String residual, String gainTensor) throws IOException {
        List<String> outputs = List.of(name + ".out", "", "", name + ".residual");
        graph.node(name, Domain.MICROSOFT, "SkipSimplifiedLayerNormalization",
                List.of(addend, residual, gain(name, gainTensor, shape.width())), outputs,
                Attribute.number("epsilon", shape.normEpsilon()));
        return List.of(outputs.getFirst(), outputs.getLast());
    }

    private String gain(String name, String tensorName, int width) throws IOException {
        float[] values = PlainNumbers.read(source, source.require(tensorName, width, 1));
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) shape.normOffset();
        }
        return graph.constant(name + ".gain", ElementType.FLOAT, packer.store(name + ".gain", values), values.length);
    }
}
