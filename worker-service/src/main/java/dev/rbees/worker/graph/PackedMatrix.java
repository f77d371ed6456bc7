package dev.rbees.worker.graph;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.graph.WeightsFile.Place;
import dev.rbees.worker.model.Tensor;

/**
 * A matrix of the graph: the rows of one or several tensors of equal width, one below the other.
 *
 * @param name of the constants in the graph
 * @param tensors whose rows it has
 * @param form how it lies in the weights file
 * @param data place of the numbers
 * @param scales place of the scales, null for plain numbers
 * @param zeroPoints place of the zero points, null when the form has none
 * @param offsets place of what is added to the weights of a block, null when the form has none
 */
record PackedMatrix(String name, List<Tensor> tensors, WeightForm form, Place data, @Nullable Place scales,
        @Nullable Place zeroPoints, @Nullable Place offsets) {

    PackedMatrix {
        tensors = List.copyOf(tensors);
    }

    int rows() {
        return tensors.stream().mapToInt(Tensor::rows).sum();
    }

    int columns() {
        return tensors.getFirst().columns();
    }
}
