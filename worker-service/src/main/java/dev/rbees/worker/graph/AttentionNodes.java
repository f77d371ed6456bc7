package dev.rbees.worker.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.worker.graph.OnnxGraph.Attribute;
import dev.rbees.worker.graph.OnnxGraph.Domain;
import dev.rbees.worker.model.Architecture.Trait;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.DecoderShape.Attention;
import dev.rbees.worker.model.Tensor;
import dev.rbees.worker.model.TensorSource;

/** Writes the attention of each layer. */
final class AttentionNodes {

    private final OnnxGraph graph;
    private final TensorSource source;
    private final DecoderShape shape;
    private final MatrixNodes matrices;
    private final VectorNodes vectors;
    private final RotaryTables rotary;

    AttentionNodes(OnnxGraph graph, TensorSource source, DecoderShape shape, MatrixNodes matrices, VectorNodes vectors,
            RotaryTables rotary) {
        this.graph = graph;
        this.source = source;
        this.shape = shape;
        this.matrices = matrices;
        this.vectors = vectors;
        this.rotary = rotary;
    }

    /** Gives the name of the attention's output, which has the width of the stream. */
    String write(int layer, String input) throws IOException {
        String name = "layer" + layer + ".attention";
        String block = "blk." + layer + ".";
        List<String> projected = project(name, block, input);
        if (shape.has(Trait.HEAD_NORMS)) {
            List<String> parts = projected.size() == 3 ? projected : split(name, projected.getFirst());
            projected = List.of(
                    normHeads(name + ".q_norm", parts.getFirst(), block + "attn_q_norm.weight", shape.heads()),
                    normHeads(name + ".k_norm", parts.get(1), block + "attn_k_norm.weight", shape.kvHeads()),
                    parts.getLast());
        }
        // why: one name is the packed form, in which keys and values stay empty
        List<String> inputs = new ArrayList<>(projected.size() == 1 ? List.of(projected.getFirst(), "", "") : projected);
        inputs.addAll(List.of(DecoderNames.pastKey(layer), DecoderNames.pastValue(layer), DecoderNames.LAST_POSITIONS,
                DecoderNames.LONGEST, rotary.cosines(layer), rotary.sines(layer)));
        graph.node(name, Domain.MICROSOFT, "GroupQueryAttention", inputs,
                List.of(name + ".out", DecoderNames.presentKey(layer), DecoderNames.presentValue(layer)),
                attributes(layer));
        return matrices.project(name + ".o", name + ".out",
                source.require(block + "attn_output.weight", shape.queryWidth(), shape.width()));
    }

    private Attribute[] attributes(int layer) {
        Attention attention = shape.attention();
        List<Attribute> attributes = new ArrayList<>(List.of(Attribute.integer("num_heads", shape.heads()),
                Attribute.integer("kv_num_heads", shape.kvHeads()), Attribute.integer("do_rotary", 1),
                Attribute.integer("rotary_interleaved", attention.rotary().interleaved() ? 1 : 0),
                Attribute.number("scale", attention.scale())));
        if (attention.cap() > 0) {
            attributes.add(Attribute.number("softcap", attention.cap()));
        }
        if (attention.windowOf(layer) > 0) {
            attributes.add(Attribute.integer("local_window_size", attention.windowOf(layer)));
        }
        return attributes.toArray(Attribute[]::new);
    }

    /** Queries, keys and values: one name when they come from one product, otherwise three. */
    private List<String> project(String name, String block, String input) throws IOException {
        int queries = shape.queryWidth();
        int keys = shape.keyWidth();
        if (shape.has(Trait.FUSED_MATRICES)) {
            Tensor fused = source.require(block + "attn_qkv.weight", shape.width(), queries + 2L * keys);
            return List.of(matrices.project(name + ".qkv", input, fused));
        }
        return matrices.projectTogether(name + ".qkv", input, List.of(
                source.require(block + "attn_q.weight", shape.width(), queries),
                source.require(block + "attn_k.weight", shape.width(), keys),
                source.require(block + "attn_v.weight", shape.width(), keys)));
    }

    private List<String> split(String name, String together) {
        List<String> parts = List.of(name + ".q", name + ".k", name + ".v");
        graph.node(name + ".split", Domain.ONNX, "Split",
                List.of(together, graph.constant("qkv_widths", shape.queryWidth(), shape.keyWidth(), shape.keyWidth())),
                parts, Attribute.integer("axis", -1));
        return parts;
    }

    private String normHeads(String name, String input, String tensor, int heads) throws IOException {
        graph.node(name + ".apart", Domain.ONNX, "Reshape",
                List.of(input, graph.constant("heads_of_" + heads, 0, 0, heads, shape.headSize())),
                List.of(name + ".apart.out"));
        String normed = vectors.norm(name, name + ".apart.out", tensor, shape.headSize());
        graph.node(name + ".joined", Domain.ONNX, "Reshape",
                List.of(normed, graph.constant("width_of_" + heads, 0, 0, (long) heads * shape.headSize())),
                List.of(name + ".joined.out"));
        return name + ".joined.out";
    }
}
