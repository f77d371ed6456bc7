package dev.rbees.worker.graph;

import java.io.IOException;
import java.util.List;

import dev.rbees.worker.graph.OnnxGraph.Attribute;
import dev.rbees.worker.graph.OnnxGraph.Domain;
import dev.rbees.worker.model.Architecture.Trait;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.TensorSource;

/**
 * Writes the ONNX graph of a decoder: one step for any number of rows and tokens over KV buffers that are input and output
 * at once. See {@link DecoderNames} for what goes in and comes out.
 */
final class DecoderGraph {

    private final TensorSource source;
    private final DecoderShape shape;
    private final OnnxGraph graph;
    private final MatrixNodes matrices;
    private final VectorNodes vectors;
    private final RotaryTables rotary;

    /**
     * @param longContext whether it is for more positions than the model's short rotary frequencies hold for
     */
    DecoderGraph(TensorSource source, DecoderShape shape, MatrixPacker packer, RotaryTables rotary, boolean longContext) {
        this.source = source;
        this.shape = shape;
        this.rotary = rotary;
        this.graph = new OnnxGraph(ImportedModel.WEIGHTS);
        this.matrices = new MatrixNodes(graph, source, packer);
        this.vectors = new VectorNodes(graph, source, shape, packer);
        rotary.declare(graph, longContext);
    }

    /** The model file; its matrices are planned in the packer, everything smaller is written to the weights. */
    byte[] write() throws IOException {
        AttentionNodes attention = new AttentionNodes(graph, source, shape, matrices, vectors, rotary);
        FeedForwardNodes feedForward = new FeedForwardNodes(graph, source, shape, matrices);
        declareInputs();
        PackedMatrix embedding = matrices.planVocabulary("token_embedding",
                source.require("token_embd.weight", shape.width(), shape.vocabulary()));
        String residual = scaled(matrices.lookUp(embedding, DecoderNames.INPUT_IDS, "embedded"));
        String normed = vectors.norm("layer0.attn_norm", residual, "blk.0.attn_norm.weight", shape.width());
        for (int layer = 0; layer < shape.layers(); layer++) {
            String block = "blk." + layer + ".";
            String attended = postNorm(layer, "post_attention_norm", attention.write(layer, normed));
            List<String> mid = vectors.addAndNorm("layer" + layer + ".ffn_norm", attended, residual,
                    block + "ffn_norm.weight");
            String forwarded = postNorm(layer, "post_ffw_norm", feedForward.write(layer, mid.getFirst()));
            boolean last = layer + 1 == shape.layers();
            List<String> end = vectors.addAndNorm(last ? "final_norm" : "layer" + (layer + 1) + ".attn_norm", forwarded,
                    mid.getLast(), last ? "output_norm.weight" : "blk." + (layer + 1) + ".attn_norm.weight");
            normed = end.getFirst();
            residual = end.getLast();
        }
        head(normed, embedding);
        return graph.toModel("decoder");
    }

    private void declareInputs() {
        graph.input(DecoderNames.INPUT_IDS, ElementType.INT64, "B", "S");
        graph.input(DecoderNames.LAST_POSITIONS, ElementType.INT32, "B");
        graph.input(DecoderNames.LONGEST, ElementType.INT32, 1);
        graph.input(DecoderNames.WANTED, ElementType.INT64, "R");
        graph.output(DecoderNames.LOGITS, ElementType.FLOAT, "R", shape.vocabulary());
        for (int layer = 0; layer < shape.layers(); layer++) {
            graph.input(DecoderNames.pastKey(layer), ElementType.FLOAT, "B", shape.kvHeads(), "M", shape.headSize());
            graph.input(DecoderNames.pastValue(layer), ElementType.FLOAT, "B", shape.kvHeads(), "M", shape.headSize());
            graph.output(DecoderNames.presentKey(layer), ElementType.FLOAT, "B", shape.kvHeads(), "M", shape.headSize());
            graph.output(DecoderNames.presentValue(layer), ElementType.FLOAT, "B", shape.kvHeads(), "M", shape.headSize());
        }
    }

    private String scaled(String embedded) {
        if (!shape.has(Trait.SCALED_EMBEDDING)) {
            return embedded;
        }
        return graph.binary("embedded.scale", "Mul", embedded,
                graph.scalar("embedding_scale", (float) Math.sqrt(shape.width())));
    }

    private String postNorm(int layer, String name, String input) throws IOException {
        return shape.has(Trait.POST_NORMS)
                ? vectors.norm("layer" + layer + "." + name, input, "blk." + layer + "." + name + ".weight", shape.width())
                : input;
    }

    /** The logits of the wanted positions; without a matrix of its own the embedding serves. */
    private void head(String normed, PackedMatrix embedding) throws IOException {
        PackedMatrix matrix = source.find("output.weight").isEmpty()
                ? embedding
                : matrices.planVocabulary("head", source.require("output.weight", shape.width(), shape.vocabulary()));
        graph.node("flatten", Domain.ONNX, "Reshape", List.of(normed, graph.constant("flat", -1, shape.width())),
                List.of("flatten.out"));
        graph.node("pick", Domain.ONNX, "Gather", List.of("flatten.out", DecoderNames.WANTED), List.of("pick.out"),
                Attribute.integer("axis", 0));
        if (shape.logitCap() == 0) {
            matrices.multiply(matrix, "pick.out", DecoderNames.LOGITS, List.of());
            return;
        }
        String cap = graph.scalar("logit_cap", (float) shape.logitCap());
        String raw = matrices.multiply(matrix, "pick.out", "logits.raw", List.of());
        String squeezed = graph.unary("logits.tanh", "Tanh", graph.binary("logits.divided", "Div", raw, cap));
        graph.node("logits.capped", Domain.ONNX, "Mul", List.of(squeezed, cap), List.of(DecoderNames.LOGITS));
    }
}
