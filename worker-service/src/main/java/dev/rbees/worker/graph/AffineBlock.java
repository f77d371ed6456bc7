package dev.rbees.worker.graph;

/**
 * Packs blocks of the kind {@code w = d · q + m} into 8 bits with a whole zero point. Each step of q is cut into k smaller
 * ones, with the k for which m comes nearest to a whole number of them: with k up to 17 for 4-bit blocks the error is about
 * 0.2 % of the weights.
 */
final class AffineBlock {

    private AffineBlock() {}

    /**
     * @param block the block in numbers from 0 to {@code levels}
     * @param at where its numbers go
     * @param index where its scale and zero point go
     */
    static void pack(BlockReader block, int levels, PackedRows target, int at, int index) {
        int best = bestDivisor(block.scale, block.offset, 255 / levels);
        if (best == 0) {
            packByRange(block, target, at, index);
            return;
        }
        target.scales[index] = block.scale / best;
        target.zeroPoints[index] = (byte) (int) zeroPoint(block.scale, block.offset, best);
        for (int i = 0; i < target.form.blockLength(); i++) {
            target.data[at + i] = (byte) (block.q[i] * best);
        }
    }

    /** The k with the least rounding of the zero point, 0 when no zero point from 0 to 255 does. */
    private static int bestDivisor(float d, float m, int largest) {
        if (!(d > 0) || !(m <= 0)) {
            return 0;
        }
        int best = 0;
        double bestError = Double.MAX_VALUE;
        for (int k = 1; k <= largest; k++) {
            double whole = zeroPoint(d, m, k);
            if (whole > 255) {
                break;
            }
            double error = Math.abs(exactZeroPoint(d, m, k) - whole) / k;
            if (error < bestError) {
                bestError = error;
                best = k;
            }
        }
        return best;
    }

    private static double exactZeroPoint(float d, float m, int k) {
        return -(double) m / d * k;
    }

    private static double zeroPoint(float d, float m, int k) {
        return Math.rint(exactZeroPoint(d, m, k));
    }

    /** The general way: 255 steps from the least number, or zero, to the largest, or zero. */
    private static void packByRange(BlockReader block, PackedRows target, int at, int index) {
        float least = 0;
        float largest = 0;
        for (int i = 0; i < target.form.blockLength(); i++) {
            float w = block.scale * block.q[i] + block.offset;
            least = Math.min(least, w);
            largest = Math.max(largest, w);
        }
        float step = (largest - least) / 255;
        target.scales[index] = step;
        int zeroPoint = step > 0 ? Math.round(-least / step) : 0;
        target.zeroPoints[index] = (byte) zeroPoint;
        for (int i = 0; i < target.form.blockLength(); i++) {
            float w = block.scale * block.q[i] + block.offset;
            target.data[at + i] = (byte) (step > 0 ? Math.clamp(Math.round(w / step) + zeroPoint, 0, 255) : 0);
        }
    }
}
