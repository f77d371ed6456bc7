package dev.rbees.worker.sampling;

/**
 * Random numbers that depend only on a seed and an index, so that a draw can be repeated without the draws before it. The
 * mixing is the finaliser of SplitMix64, applied to seed and index in turn.
 *
 * <p>
 * Source: Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014.
 */
final class CounterRandom {

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private CounterRandom() {}

    /** A number from 0 (included) to 1 (excluded). */
    static double number(long seed, int index) {
        long mixed = mix(mix(seed + GOLDEN) + (index + 1) * GOLDEN);
        return (mixed >>> 11) * UNIT;
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
