package dev.rbees.worker.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleConsumer;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.WeightsFile.Place;
import dev.rbees.worker.model.ModelFault;
import dev.rbees.worker.model.Tensor;
import dev.rbees.worker.model.TensorSource;

/**
 * Plans where the matrices of a graph lie in its weights file, then fills the places: in pieces of a few megabytes, on all
 * cores, so that memory does not grow with the model.
 */
final class MatrixPacker {

    private static final int PIECE_BYTES = 2 * 1024 * 1024;

    private final TensorSource source;
    private final WeightsFile weights;
    private final ImportOptions options;
    /** By name: several graphs may use the same matrices. */
    private final Map<String, PackedMatrix> matrices = new LinkedHashMap<>();
    private final Map<String, Place> vectors = new HashMap<>();

    MatrixPacker(TensorSource source, WeightsFile weights, ImportOptions options) {
        this.source = source;
        this.weights = weights;
        this.options = options;
    }

    /** The form in which a tensor is packed. */
    WeightForm form(Tensor tensor) {
        return WeightForm.of(tensor, options);
    }

    /** Reserves the places of a matrix, or gives those that it has. */
    PackedMatrix plan(String name, WeightForm form, List<Tensor> tensors) {
        return matrices.computeIfAbsent(name, _ -> reserve(name, form, tensors));
    }

    private PackedMatrix reserve(String name, WeightForm form, List<Tensor> tensors) {
        int columns = tensors.getFirst().columns();
        long rows = tensors.stream().mapToLong(Tensor::rows).sum();
        long blocks = rows * form.blocks(columns);
        return new PackedMatrix(name, tensors, form, weights.reserve(rows * form.dataBytes(columns)),
                form.isFloat() ? null : weights.reserve(blocks * Float.BYTES),
                form.hasZeroPoints() ? weights.reserve(blocks) : null,
                form.hasOffsets() ? weights.reserve(blocks * Float.BYTES) : null);
    }

    /** Writes the plain numbers of that name to the weights, or gives the place where they are. */
    Place store(String name, float[] values) throws IOException {
        Place place = vectors.get(name);
        if (place == null) {
            place = weights.reserve((long) values.length * Float.BYTES);
            weights.write(place, 0, LittleEndian.bytes(values));
            vectors.put(name, place);
        }
        return place;
    }

    /**
     * Fills every place that was planned.
     *
     * @param progress hears the finished part, 0 to 1
     * @throws RbeesException MODEL_LOAD_FAILED when the source holds numbers that are not finite
     * @throws IOException when the weights cannot be written
     */
    void fill(DoubleConsumer progress) throws IOException {
        AtomicLong done = new AtomicLong();
        long total = matrices.values().stream().flatMap(matrix -> matrix.tensors().stream()).mapToLong(Tensor::bytes).sum();
        try (ExecutorService cores = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Future<?>> pieces = new ArrayList<>();
            for (PackedMatrix matrix : matrices.values()) {
                int above = 0;
                for (Tensor tensor : matrix.tensors()) {
                    int step = Math.max(1, PIECE_BYTES / tensor.rowBytes());
                    for (int row = 0; row < tensor.rows(); row += step) {
                        int first = row;
                        int count = Math.min(step, tensor.rows() - row);
                        int target = above + row;
                        pieces.add(cores.submit(() -> {
                            pack(matrix, tensor, first, count, target);
                            progress.accept((double) done.addAndGet((long) count * tensor.rowBytes()) / total);
                            return null;
                        }));
                    }
                    above += tensor.rows();
                }
            }
            await(pieces, cores);
        }
    }

    private static void await(List<Future<?>> pieces, ExecutorService cores) throws IOException {
        try {
            for (Future<?> piece : pieces) {
                piece.get();
            }
        } catch (ExecutionException e) {
            cores.shutdownNow();
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RbeesException rbees -> throw rbees;
                case null, default -> throw new IllegalStateException("packing failed", e.getCause());
            }
        } catch (InterruptedException e) {
            cores.shutdownNow();
            Thread.currentThread().interrupt();
            throw ModelFault.of("the import was interrupted");
        }
    }

    /** Packs {@code count} rows of a tensor, beginning with {@code first}; they become the rows from {@code target} on. */
    private void pack(PackedMatrix matrix, Tensor tensor, int first, int count, int target) throws IOException {
        byte[] bytes = new byte[count * tensor.rowBytes()];
        source.readRows(tensor, first, count, bytes);
        PackedRows rows = new PackedRows(matrix.form(), count, tensor.columns());
        new RowPacker(tensor, bytes).pack(count, rows);
        WeightForm form = matrix.form();
        weights.write(matrix.data(), (long) target * form.dataBytes(tensor.columns()), rows.data);
        long block = (long) target * form.blocks(tensor.columns());
        if (matrix.scales() != null) {
            weights.write(matrix.scales(), block * Float.BYTES, LittleEndian.bytes(rows.scales));
        }
        if (matrix.zeroPoints() != null) {
            weights.write(matrix.zeroPoints(), block, rows.zeroPoints);
        }
        if (matrix.offsets() != null) {
            weights.write(matrix.offsets(), block * Float.BYTES, LittleEndian.bytes(rows.offsets));
        }
    }
}
