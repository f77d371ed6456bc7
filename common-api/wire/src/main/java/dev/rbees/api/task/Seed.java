package dev.rbees.api.task;

import java.math.BigInteger;
import java.util.random.RandomGenerator;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The seed of a task's randomness: an unsigned number of 64 bits.
 *
 * @param bits the 64 bits
 */
public record Seed(long bits) {

    private static final BigInteger MAX = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

    @JsonCreator
    public static Seed of(BigInteger value) {
        if (!fits(value)) {
            throw new IllegalArgumentException("a seed is a number from 0 to 2^64-1");
        }
        return new Seed(value.longValue());
    }

    public static boolean fits(BigInteger value) {
        return value.signum() >= 0 && value.compareTo(MAX) <= 0;
    }

    /** A seed of 48 bits, so that a client whose numbers are doubles can send it back unchanged. */
    public static Seed random(RandomGenerator random) {
        return new Seed(random.nextLong() >>> 16);
    }

    @JsonValue
    public BigInteger value() {
        return new BigInteger(Long.toUnsignedString(bits));
    }
}
