package dev.rbees.worker.model;

import java.util.List;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;

/** The tensors of a model, under the names that GGUF has for them, wherever they lie. Safe for several threads. */
public interface TensorSource extends AutoCloseable {

    Optional<Tensor> find(String name);

    /** Every tensor in the order of the files. */
    List<Tensor> tensors();

    /** Copies whole rows of a tensor into {@code target}, which must have room for them. */
    void readRows(Tensor tensor, int firstRow, int rows, byte[] target);

    @Override
    void close();

    /** @throws RbeesException MODEL_LOAD_FAILED when there is no such tensor */
    default Tensor require(String name) {
        return find(name)
                .orElseThrow(() -> ModelFault.of("the model has no tensor " + name + ", which its architecture needs"));
    }

    /**
     * A tensor of these dimensions.
     *
     * @throws RbeesException MODEL_LOAD_FAILED when there is none, or it has others
     */
    default Tensor require(String name, long columns, long rows) {
        Tensor tensor = require(name);
        if (!tensor.hasShape(columns, rows)) {
            throw ModelFault.of("the tensor " + name + " has the shape " + tensor.shape()
                    + ", not [" + columns + ", " + rows
                    + "]; the model is damaged or of a variant that is not supported");
        }
        return tensor;
    }
}
