package dev.rbees.worker.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.OnnxGraph.Attribute;
import dev.rbees.worker.graph.OnnxGraph.Domain;
import dev.rbees.worker.graph.WeightsFile.Place;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.GgufFile;
import dev.rbees.worker.model.Tensor;

/**
 * Writes the ONNX graph of a decoder of the Llama family from the tensors of a GGUF file: one step for any number of rows
 * and tokens over KV buffers that are input and output at once. See {@link DecoderNames} for what goes in and comes out.
 */
final class DecoderGraph {

    private final GgufFile file;
    private final DecoderShape shape;
    private final WeightsFile weights;
    private final MatrixPacker packer;
    private final OnnxGraph graph;

    private DecoderGraph(GgufFile file, DecoderShape shape, WeightsFile weights, MatrixPacker packer, OnnxGraph graph) {
        this.file = file;
        this.shape = shape;
        this.weights = weights;
        this.packer = packer;
        this.graph = graph;
    }

    /** The model file; its matrices are planned in {@code packer}, everything smaller is written to {@code weights}. */
    static byte[] write(GgufFile file, DecoderShape shape, WeightsFile weights, String weightsName, MatrixPacker packer)
            throws IOException {
        DecoderGraph decoder = new DecoderGraph(file, shape, weights, packer, new OnnxGraph(weightsName));
        decoder.declareInputs();
        PackedMatrix embedding = decoder.plan("token_embedding", List.of(decoder.require("token_embd.weight", shape.width(),
                shape.vocabulary())));
        decoder.rotaryTables();
        String residual = decoder.embed(embedding);
        String normed = decoder.firstNorm(residual);
        for (int layer = 0; layer < shape.layers(); layer++) {
            String attended = decoder.attention(layer, normed);
            List<String> mid = decoder.addAndNorm("layer" + layer + ".ffn_norm", attended, residual,
                    "blk." + layer + ".ffn_norm.weight");
            String forwarded = decoder.feedForward(layer, mid.getFirst());
            boolean last = layer + 1 == shape.layers();
            List<String> end = decoder.addAndNorm(last ? "final_norm" : "layer" + (layer + 1) + ".attn_norm", forwarded,
                    mid.getLast(), last ? "output_norm.weight" : "blk." + (layer + 1) + ".attn_norm.weight");
            normed = end.getFirst();
            residual = end.getLast();
        }
        decoder.head(normed, embedding);
        return decoder.graph.toModel("decoder");
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

    private void rotaryTables() throws IOException {
        RotaryTable rotary = new RotaryTable(shape);
        int pairs = shape.ropeDimensions() / 2;
        graph.constant("cosines", ElementType.FLOAT, rotary.write(weights, Math::cos), shape.contextLength(), pairs);
        graph.constant("sines", ElementType.FLOAT, rotary.write(weights, Math::sin), shape.contextLength(), pairs);
    }

    private String embed(PackedMatrix embedding) {
        WeightForm form = embedding.form();
        if (form.isFloat()) {
            graph.node("embed", Domain.ONNX, "Gather", List.of(numbers(embedding), DecoderNames.INPUT_IDS),
                    List.of("embedded"), Attribute.integer("axis", 0));
            return "embedded";
        }
        // why: the lookup wants rows of bytes, the head wants blocks; both names mean the same bytes of the file
        String rows = graph.constant("token_embedding.rows", ElementType.UINT8, embedding.data(), embedding.rows(),
                form.dataBytes(embedding.columns()));
        List<String> inputs = new ArrayList<>(List.of(rows, DecoderNames.INPUT_IDS));
        inputs.addAll(scales(embedding));
        graph.node("embed", Domain.MICROSOFT, "GatherBlockQuantized", inputs, List.of("embedded"),
                Attribute.integer("gather_axis", 0), Attribute.integer("quantize_axis", 1),
                Attribute.integer("block_size", form.blockLength()), Attribute.integer("bits", form.bits()));
        return "embedded";
    }

    private String firstNorm(String residual) throws IOException {
        String gamma = vector("layer0.attn_norm.gamma", "blk.0.attn_norm.weight");
        graph.node("layer0.attn_norm", Domain.ONNX, "SimplifiedLayerNormalization", List.of(residual, gamma),
                List.of("layer0.attn_norm.out"), Attribute.integer("axis", -1),
                Attribute.number("epsilon", shape.normEpsilon()), Attribute.integer("stash_type", 1));
        return "layer0.attn_norm.out";
    }

    /** Adds to the residual stream and norms it; the two outputs are the normed stream and the stream itself. */
    private List<String> addAndNorm(String name, String addend, String residual, String gammaTensor) throws IOException {
        String gamma = vector(name + ".gamma", gammaTensor);
        List<String> outputs = List.of(name + ".out", "", "", name + ".residual");
        graph.node(name, Domain.MICROSOFT, "SkipSimplifiedLayerNormalization", List.of(addend, residual, gamma), outputs,
                Attribute.number("epsilon", shape.normEpsilon()));
        return List.of(outputs.getFirst(), outputs.getLast());
    }

    private String attention(int layer, String input) {
        String name = "layer" + layer + ".attention";
        int queryRows = shape.heads() * shape.headSize();
        int keyRows = shape.kvHeads() * shape.headSize();
        List<Tensor> tensors = List.of(
                require("blk." + layer + ".attn_q.weight", shape.width(), queryRows),
                require("blk." + layer + ".attn_k.weight", shape.width(), keyRows),
                require("blk." + layer + ".attn_v.weight", shape.width(), keyRows));
        List<String> projected = projections(List.of(name + ".q", name + ".k", name + ".v"), name + ".qkv", input, tensors);
        // why: one name is the packed form, in which keys and values stay empty
        List<String> queries = projected.size() == 1 ? List.of(projected.getFirst(), "", "") : projected;
        List<String> inputs = Stream.of(queries,
                List.of(DecoderNames.pastKey(layer), DecoderNames.pastValue(layer), DecoderNames.LAST_POSITIONS,
                        DecoderNames.LONGEST, "cosines", "sines"))
                .flatMap(List::stream).toList();
        graph.node(name, Domain.MICROSOFT, "GroupQueryAttention", inputs,
                List.of(name + ".out", DecoderNames.presentKey(layer), DecoderNames.presentValue(layer)),
                Attribute.integer("num_heads", shape.heads()), Attribute.integer("kv_num_heads", shape.kvHeads()),
                Attribute.integer("do_rotary", 1),
                // why: GGUF stores the query and key rows of this architecture with their pairs side by side
                Attribute.integer("rotary_interleaved", 1));
        return multiply(
                plan(name + ".o", List.of(require("blk." + layer + ".attn_output.weight", queryRows, shape.width()))),
                name + ".out");
    }

    private String feedForward(int layer, String input) {
        String name = "layer" + layer + ".ffn";
        List<Tensor> tensors = List.of(
                require("blk." + layer + ".ffn_gate.weight", shape.width(), shape.feedForward()),
                require("blk." + layer + ".ffn_up.weight", shape.width(), shape.feedForward()));
        List<String> projected = projections(List.of(name + ".gate", name + ".up"), name + ".gate_up", input, tensors);
        List<String> halves = projected;
        if (projected.size() == 1) {
            halves = List.of(name + ".gate", name + ".up");
            graph.node(name + ".split", Domain.ONNX, "Split", projected, halves, Attribute.integer("axis", -1),
                    Attribute.integer("num_outputs", 2));
        }
        graph.node(name + ".sigmoid", Domain.ONNX, "Sigmoid", List.of(halves.getFirst()), List.of(name + ".sigmoid.out"));
        graph.node(name + ".silu", Domain.ONNX, "Mul", List.of(halves.getFirst(), name + ".sigmoid.out"),
                List.of(name + ".silu.out"));
        graph.node(name + ".gated", Domain.ONNX, "Mul", List.of(name + ".silu.out", halves.getLast()),
                List.of(name + ".gated.out"));
        Tensor down = require("blk." + layer + ".ffn_down.weight", shape.feedForward(), shape.width());
        return multiply(plan(name + ".down", List.of(down)), name + ".gated.out");
    }

    /** The logits of the wanted positions; without a matrix of its own the embedding serves. */
    private void head(String normed, PackedMatrix embedding) {
        PackedMatrix matrix = file.find("output.weight").isEmpty()
                ? embedding
                : plan("head", List.of(require("output.weight", shape.width(), shape.vocabulary())));
        graph.node("flatten", Domain.ONNX, "Reshape", List.of(normed, graph.constant("flat", -1, shape.width())),
                List.of("flatten.out"));
        graph.node("pick", Domain.ONNX, "Gather", List.of("flatten.out", DecoderNames.WANTED), List.of("pick.out"),
                Attribute.integer("axis", 0));
        multiply(matrix, "pick.out", DecoderNames.LOGITS);
    }

    /** Multiplies with several matrices: as one, and so with one output, when they have a common form. */
    private List<String> projections(List<String> names, String together, String input, List<Tensor> tensors) {
        Optional<WeightForm> common = WeightForm.common(tensors.stream().map(WeightForm::of).toList());
        if (common.isPresent()) {
            return List.of(multiply(packer.plan(together, common.get(), tensors), input));
        }
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            outputs.add(multiply(plan(names.get(i), List.of(tensors.get(i))), input, names.get(i)));
        }
        return outputs;
    }

    private PackedMatrix plan(String name, List<Tensor> tensors) {
        return packer.plan(name, WeightForm.of(tensors.getFirst()), tensors);
    }

    /** The constant of a matrix's numbers: rows of plain ones, or of blocks. */
    private String numbers(PackedMatrix matrix) {
        WeightForm form = matrix.form();
        if (form.isFloat()) {
            return graph.constant(matrix.name() + ".weight", ElementType.FLOAT, matrix.data(), matrix.rows(),
                    matrix.columns());
        }
        int blocks = form.blocks(matrix.columns());
        return graph.constant(matrix.name() + ".weight", ElementType.UINT8, matrix.data(), matrix.rows(), blocks,
                form.dataBytes(matrix.columns()) / blocks);
    }

    /** The constants that say what a matrix's blocks are worth: scales, and zero points if it has some. */
    private List<String> scales(PackedMatrix matrix) {
        int blocks = matrix.form().blocks(matrix.columns());
        List<String> constants = new ArrayList<>();
        if (matrix.scales() != null) {
            constants.add(
                    graph.constant(matrix.name() + ".scales", ElementType.FLOAT, matrix.scales(), matrix.rows(), blocks));
        }
        if (matrix.zeroPoints() != null) {
            constants.add(
                    graph.constant(matrix.name() + ".zero_points", ElementType.UINT8, matrix.zeroPoints(), matrix.rows(),
                            blocks));
        }
        return constants;
    }

    private String multiply(PackedMatrix matrix, String input) {
        return multiply(matrix, input, matrix.name() + ".product");
    }

    private String multiply(PackedMatrix matrix, String input, String output) {
        WeightForm form = matrix.form();
        String node = matrix.name() + ".multiply";
        if (form.isFloat()) {
            graph.node(node, Domain.MICROSOFT, "FusedMatMul", List.of(input, numbers(matrix)), List.of(output),
                    Attribute.integer("transB", 1));
            return output;
        }
        List<String> inputs = new ArrayList<>(List.of(input, numbers(matrix)));
        inputs.addAll(scales(matrix));
        graph.node(node, Domain.MICROSOFT, "MatMulNBits", inputs, List.of(output),
                Attribute.integer("K", matrix.columns()), Attribute.integer("N", matrix.rows()),
                Attribute.integer("bits", form.bits()), Attribute.integer("block_size", form.blockLength()),
                // why: 8-bit activations; the kernels for plain ones are 1.6 to 25 times slower
                Attribute.integer("accuracy_level", 4));
        return output;
    }

    private Tensor require(String name, int columns, int rows) {
        Tensor tensor = file.require(name);
        if (!tensor.hasShape(columns, rows)) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the tensor " + name + " has the shape " + tensor.shape()
                    + ", not [" + columns + ", " + rows
                    + "]; the model file is damaged or of a variant that is not supported");
        }
        return tensor;
    }

    /** A constant of {@code width} plain numbers. */
    private String vector(String name, String tensorName) throws IOException {
        Tensor tensor = require(tensorName, shape.width(), 1);
        if (tensor.encoding().blockLength() > 1) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the tensor " + tensorName + " is packed as "
                    + tensor.encoding() + "; norms must be plain numbers");
        }
        byte[] bytes = new byte[tensor.rowBytes()];
        file.readRows(tensor, 0, 1, bytes);
        float[] values = new float[shape.width()];
        new BlockReader(bytes).readFloats(tensor.encoding(), 0, 0, values.length, values);
        if (hasNonFinite(values)) {
            throw new RbeesException(ErrorCode.MODEL_LOAD_FAILED, "the tensor " + tensorName
                    + " holds numbers that are not finite; the model file is damaged");
        }
        return graph.constant(name, ElementType.FLOAT, store(values), values.length);
    }

    private static boolean hasNonFinite(float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                return true;
            }
        }
        return false;
    }

    private Place store(float[] values) throws IOException {
        Place place = weights.reserve((long) values.length * Float.BYTES);
        weights.write(place, 0, LittleEndian.bytes(values));
        return place;
    }
}
