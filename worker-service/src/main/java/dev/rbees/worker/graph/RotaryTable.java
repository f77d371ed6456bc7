package dev.rbees.worker.graph;

import java.io.IOException;
import java.util.function.DoubleUnaryOperator;

import dev.rbees.worker.graph.WeightsFile.Place;
import dev.rbees.worker.model.DecoderShape;

/**
 * The angles of rotary position embeddings: {@code position · base^(−2i/d)} for each position and rotated pair i.
 *
 * <p>
 * Source: Su et al., RoFormer, 2021.
 */
final class RotaryTable {

    private static final int PIECE = 1024;

    private final int positions;
    private final double[] frequencies;

    RotaryTable(DecoderShape shape) {
        positions = shape.contextLength();
        frequencies = new double[shape.ropeDimensions() / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(shape.ropeBase(), -2.0 * i / shape.ropeDimensions());
        }
    }

    /** Writes float32[positions, pairs] with the cosines, or sines, of all angles. */
    Place write(WeightsFile weights, DoubleUnaryOperator function) throws IOException {
        int pairs = frequencies.length;
        Place place = weights.reserve((long) positions * pairs * Float.BYTES);
        for (int first = 0; first < positions; first += PIECE) {
            float[] piece = new float[Math.min(PIECE, positions - first) * pairs];
            for (int i = 0; i < piece.length; i++) {
                piece[i] = (float) function.applyAsDouble((first + i / pairs) * frequencies[i % pairs]);
            }
            weights.write(place, (long) first * pairs * Float.BYTES, LittleEndian.bytes(piece));
        }
        return place;
    }
}
