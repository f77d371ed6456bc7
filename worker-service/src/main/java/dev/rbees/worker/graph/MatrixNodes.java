package dev.rbees.worker.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.rbees.worker.graph.OnnxGraph.Attribute;
import dev.rbees.worker.graph.OnnxGraph.Domain;
import dev.rbees.worker.model.PlainNumbers;
import dev.rbees.worker.model.Tensor;
import dev.rbees.worker.model.TensorSource;

/** Writes what multiplies with matrices, each in the form in which it is packed. */
final class MatrixNodes {

    /** The attribute that says how exactly to multiply. */
    static final String ACCURACY = "accuracy_level";

    /** 8-bit activations; the kernels for plain ones are 1.6 to 25 times slower. */
    private static final int EIGHT_BIT_ACTIVATIONS = 4;

    private final OnnxGraph graph;
    private final TensorSource source;
    private final MatrixPacker packer;
    private final Set<String> summed = new HashSet<>();

    MatrixNodes(OnnxGraph graph, TensorSource source, MatrixPacker packer) {
        this.graph = graph;
        this.source = source;
        this.packer = packer;
    }

    /** Plans the embedding, or the head. */
    PackedMatrix planVocabulary(String name, Tensor tensor) {
        return packer.plan(name, packer.form(tensor).withoutOffsets(), List.of(tensor));
    }

    /** Multiplies with a matrix and adds its bias, if it has one; gives the name of the product. */
    String project(String name, String input, Tensor tensor) throws IOException {
        return project(name, input, packer.form(tensor), List.of(tensor));
    }

    /** Multiplies with several matrices: as one, and so with one product, when they have a common form. */
    List<String> projectTogether(String name, String input, List<Tensor> tensors) throws IOException {
        Optional<WeightForm> common = WeightForm.common(tensors.stream().map(packer::form).toList());
        if (common.isPresent()) {
            return List.of(project(name, input, common.get(), tensors));
        }
        List<String> products = new ArrayList<>();
        for (Tensor tensor : tensors) {
            products.add(project(name + "." + tensor.name(), input, tensor));
        }
        return products;
    }

    private String project(String name, String input, WeightForm form, List<Tensor> tensors) throws IOException {
        PackedMatrix matrix = packer.plan(name, form, tensors);
        String product = name + ".product";
        if (matrix.offsets() == null) {
            return multiply(matrix, input, product, tensors);
        }
        // why: the offset of a block counts as often as the sum of the inputs that it meets
        int blocks = form.blocks(matrix.columns());
        String offsets = graph.constant(name + ".offsets", ElementType.FLOAT, matrix.offsets(), matrix.rows(), blocks);
        graph.node(name + ".offset", Domain.MICROSOFT, "FusedMatMul",
                List.of(blockSums(input, blocks, form.blockLength()), offsets), List.of(name + ".offset.out"),
                Attribute.integer("transB", 1));
        return graph.binary(name + ".with_offset", "Add", multiply(matrix, input, product, tensors), name + ".offset.out");
    }

    /** The sums of the inputs by blocks: float32[B, S, blocks]. Made once for each input. */
    private String blockSums(String input, int blocks, int blockLength) {
        String sums = input + ".block_sums";
        if (summed.add(input)) {
            graph.node(input + ".blocks", Domain.ONNX, "Reshape",
                    List.of(input, graph.constant("blocks_of_" + blocks, 0, 0, blocks, blockLength)),
                    List.of(input + ".blocks.out"));
            graph.node(sums, Domain.ONNX, "ReduceSum", List.of(input + ".blocks.out", graph.constant("last_axis", -1)),
                    List.of(sums), Attribute.integer("keepdims", 0));
        }
        return sums;
    }

    /** The rows of the embedding for these ids. */
    String lookUp(PackedMatrix embedding, String ids, String output) {
        WeightForm form = embedding.form();
        if (form.isFloat()) {
            graph.node("embed", Domain.ONNX, "Gather", List.of(numbers(embedding), ids), List.of(output),
                    Attribute.integer("axis", 0));
            return output;
        }
        // why: the lookup wants rows of bytes, the head wants blocks; both names mean the same bytes of the file
        String rows = graph.constant(embedding.name() + ".rows", ElementType.UINT8, embedding.data(), embedding.rows(),
                form.dataBytes(embedding.columns()));
        List<String> inputs = new ArrayList<>(List.of(rows, ids));
        inputs.addAll(scales(embedding));
        graph.node("embed", Domain.MICROSOFT, "GatherBlockQuantized", inputs, List.of(output),
                Attribute.integer("gather_axis", 0), Attribute.integer("quantize_axis", 1),
                Attribute.integer("block_size", form.blockLength()), Attribute.integer("bits", form.bits()));
        return output;
    }

    /** @param biasOf tensors whose biases, if they have some, are added */
    String multiply(PackedMatrix matrix, String input, String output, List<Tensor> biasOf) throws IOException {
        Optional<String> bias = bias(matrix.name(), biasOf);
        WeightForm form = matrix.form();
        String node = matrix.name() + ".multiply";
        if (form.isFloat()) {
            String product = bias.isPresent() ? output + ".unbiased" : output;
            graph.node(node, Domain.MICROSOFT, "FusedMatMul", List.of(input, numbers(matrix)), List.of(product),
                    Attribute.integer("transB", 1));
            bias.ifPresent(name -> graph.node(node + ".bias", Domain.ONNX, "Add", List.of(product, name), List.of(output)));
            return output;
        }
        List<String> inputs = new ArrayList<>(List.of(input, numbers(matrix)));
        inputs.addAll(scales(matrix));
        bias.ifPresent(name -> {
            // the places of zero points and of group indices stay empty
            while (inputs.size() < 5) {
                inputs.add("");
            }
            inputs.add(name);
        });
        graph.node(node, Domain.MICROSOFT, "MatMulNBits", inputs, List.of(output),
                Attribute.integer("K", matrix.columns()), Attribute.integer("N", matrix.rows()),
                Attribute.integer("bits", form.bits()), Attribute.integer("block_size", form.blockLength()),
                Attribute.integer(ACCURACY, EIGHT_BIT_ACTIVATIONS));
        return output;
    }

    /** The biases of tensors one after the other, zeros for those without, if any has one. */
    private Optional<String> bias(String name, List<Tensor> tensors) throws IOException {
        List<Optional<Tensor>> biases = tensors.stream().map(MatrixNodes::biasName).map(source::find).toList();
        if (biases.stream().allMatch(Optional::isEmpty)) {
            return Optional.empty();
        }
        float[] all = new float[tensors.stream().mapToInt(Tensor::rows).sum()];
        int at = 0;
        for (int i = 0; i < biases.size(); i++) {
            int rows = tensors.get(i).rows();
            if (biases.get(i).isPresent()) {
                Tensor bias = source.require(biasName(tensors.get(i)), rows, 1);
                System.arraycopy(PlainNumbers.read(source, bias), 0, all, at, rows);
            }
            at += rows;
        }
        return Optional.of(graph.constant(name + ".bias", ElementType.FLOAT, packer.store(name + ".bias", all), all.length));
    }

    private static String biasName(Tensor weight) {
        return weight.name().replaceFirst("\\.weight$", ".bias");
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
            constants.add(graph.constant(matrix.name() + ".zero_points", ElementType.UINT8, matrix.zeroPoints(),
                    matrix.rows(), blocks));
        }
        return constants;
    }
}
