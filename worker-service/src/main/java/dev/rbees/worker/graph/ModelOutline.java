package dev.rbees.worker.graph;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.GgufFile;
import dev.rbees.worker.model.GgufShape;
import dev.rbees.worker.model.Tensor;
import dev.rbees.worker.model.TensorSource;
import dev.rbees.worker.model.TransformersConfig;

/**
 * What the heads of a model's files tell before it is imported, in milliseconds.
 *
 * @param shape dimensions
 * @param weightsBytes about the size of the weights file that an import makes; that is at most so large
 * @param fourBits whether some of its matrices will have 4 bits
 */
public record ModelOutline(DecoderShape shape, long weightsBytes, boolean fourBits) {

    /** Places that a matrix may have: its numbers, scales, zero points, offsets. */
    private static final int PARTS = 4;

    /** @throws RbeesException MODEL_LOAD_FAILED when the files are damaged or not supported */
    public static ModelOutline of(Path source, ImportOptions options) {
        return Files.isDirectory(source) ? ofFolder(source, options) : ofGguf(source, options);
    }

    private static ModelOutline ofGguf(Path path, ImportOptions options) {
        try (GgufFile file = GgufFile.open(path)) {
            return of(file, GgufShape.of(file), options);
        }
    }

    private static ModelOutline ofFolder(Path folder, ImportOptions options) {
        TransformersConfig config = TransformersConfig.read(folder);
        DecoderShape shape = config.shape();
        try (TensorSource weights = SourceModel.weights(folder, config)) {
            return of(weights, shape, options);
        }
    }

    private static ModelOutline of(TensorSource source, DecoderShape shape, ImportOptions options) {
        long bytes = RotaryTables.bytes(shape);
        boolean fourBits = false;
        for (Tensor tensor : source.tensors()) {
            boolean matrix = tensor.rows() > 1;
            WeightForm form = matrix ? WeightForm.of(tensor, options) : WeightForm.FLOAT;
            fourBits |= form.bits() == 4;
            bytes += PARTS * WeightsFile.ALIGNMENT + tensor.rows() * rowBytes(form, tensor.columns());
        }
        return new ModelOutline(shape, bytes, fourBits);
    }

    /** why: always with a byte for the zero point, which a matrix also has when it is joined with one that needs it. */
    private static long rowBytes(WeightForm form, int columns) {
        long blocks = form.blocks(columns);
        return form.dataBytes(columns) + blocks * (Float.BYTES + 1) + (form.hasOffsets() ? blocks * Float.BYTES : 0);
    }
}
