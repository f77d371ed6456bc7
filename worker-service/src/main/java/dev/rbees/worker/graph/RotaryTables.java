package dev.rbees.worker.graph;

import java.io.IOException;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.graph.WeightsFile.Place;
import dev.rbees.worker.model.DecoderShape;
import dev.rbees.worker.model.Rotary;

/** The cosines and sines of all angles of rotary position embeddings, as constants of the graph. */
final class RotaryTables {

    private static final int PIECE = 1024;

    private final DecoderShape shape;
    private final Table everywhere;
    private final @Nullable Table beyond;
    private final @Nullable Table windowed;

    /**
     * The two tables of one set of frequencies: float32[positions, pairs].
     *
     * @param name of the constants
     */
    private record Table(String name, Place cosines, Place sines, int positions, int pairs) {

        void declare(OnnxGraph graph) {
            graph.constant(name + "cosines", ElementType.FLOAT, cosines, positions, pairs);
            graph.constant(name + "sines", ElementType.FLOAT, sines, positions, pairs);
        }
    }

    private RotaryTables(DecoderShape shape, Table everywhere, @Nullable Table beyond, @Nullable Table windowed) {
        this.shape = shape;
        this.everywhere = everywhere;
        this.beyond = beyond;
        this.windowed = windowed;
    }

    /** At most so many bytes are all tables of a model: one set of frequencies, or several. */
    static long bytes(DecoderShape shape) {
        int sets = 1 + (shape.attention().rotary().longFrequencies().isEmpty() ? 0 : 1)
                + (shape.attention().windowedRotary() == null ? 0 : 1);
        long angles = (long) shape.contextLength() * shape.attention().rotary().frequencies().size();
        return 2L * sets * angles * Float.BYTES;
    }

    /** Writes the tables of a model. */
    static RotaryTables write(DecoderShape shape, WeightsFile weights) throws IOException {
        Rotary rotary = shape.attention().rotary();
        Rotary ofWindows = shape.attention().windowedRotary();
        return new RotaryTables(shape,
                write("", rotary.frequencies(), rotary.magnitude(),
                        rotary.shortContext() > 0 ? Math.min(rotary.shortContext(), shape.contextLength())
                                : shape.contextLength(),
                        weights),
                rotary.longFrequencies().isEmpty()
                        ? null
                        : write("", rotary.longFrequencies(), rotary.magnitude(), shape.contextLength(), weights),
                ofWindows == null
                        ? null
                        : write("windowed.", ofWindows.frequencies(), ofWindows.magnitude(), shape.contextLength(),
                                weights));
    }

    private static Table write(String name, List<Double> frequencies, double magnitude, int positions, WeightsFile weights)
            throws IOException {
        double[] radians = frequencies.stream().mapToDouble(Double::doubleValue).toArray();
        return new Table(name, write(radians, angle -> Math.cos(angle) * magnitude, positions, weights),
                write(radians, angle -> Math.sin(angle) * magnitude, positions, weights), positions, radians.length);
    }

    private static Place write(double[] radians, DoubleUnaryOperator function, int positions, WeightsFile weights)
            throws IOException {
        int pairs = radians.length;
        Place place = weights.reserve((long) positions * pairs * Float.BYTES);
        for (int first = 0; first < positions; first += PIECE) {
            float[] piece = new float[Math.min(PIECE, positions - first) * pairs];
            for (int i = 0; i < piece.length; i++) {
                piece[i] = (float) function.applyAsDouble((first + i / pairs) * radians[i % pairs]);
            }
            weights.write(place, (long) first * pairs * Float.BYTES, LittleEndian.bytes(piece));
        }
        return place;
    }

    /** Whether contexts beyond some length have frequencies of their own, and so a graph of their own. */
    boolean dependOnLength() {
        return beyond != null;
    }

    /** Makes the constants known to a graph. */
    void declare(OnnxGraph graph, boolean longContext) {
        (longContext && beyond != null ? beyond : everywhere).declare(graph);
        if (windowed != null) {
            windowed.declare(graph);
        }
    }

    /** Name of a layer's table of cosines. */
    String cosines(int layer) {
        return prefix(layer) + "cosines";
    }

    /** Name of a layer's table of sines. */
    String sines(int layer) {
        return prefix(layer) + "sines";
    }

    private String prefix(int layer) {
        return windowed != null && shape.attention().windowOf(layer) > 0 ? windowed.name() : "";
    }
}
