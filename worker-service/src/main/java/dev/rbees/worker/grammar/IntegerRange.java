package dev.rbees.worker.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

import tools.jackson.databind.JsonNode;

/**
 * The integers that a schema allows.
 *
 * @param step all are multiples of it
 */
record IntegerRange(BigInteger lowest, BigInteger highest, int step) {

    static final BigInteger HIGHEST = BigInteger.TEN.pow(GrammarLimits.DIGITS).subtract(BigInteger.ONE);
    static final BigInteger LOWEST = HIGHEST.negate();

    static IntegerRange of(JsonNode schema, String pointer) {
        DecimalRange range = DecimalRange.of(schema);
        return new IntegerRange(above(range.lowest()).max(LOWEST), below(range.highest()).min(HIGHEST),
                step(schema, pointer));
    }

    boolean isEmpty() {
        return lowest.compareTo(highest) > 0;
    }

    private static BigInteger above(DecimalRange.Bound bound) {
        BigInteger least = bound.value().setScale(0, RoundingMode.CEILING).toBigInteger();
        return !bound.included() && new BigDecimal(least).compareTo(bound.value()) == 0 ? least.add(BigInteger.ONE) : least;
    }

    private static BigInteger below(DecimalRange.Bound bound) {
        BigInteger most = bound.value().setScale(0, RoundingMode.FLOOR).toBigInteger();
        return !bound.included() && new BigDecimal(most).compareTo(bound.value()) == 0 ? most.subtract(BigInteger.ONE)
                : most;
    }

    private static int step(JsonNode schema, String pointer) {
        JsonNode multipleOf = schema.get("multipleOf");
        if (multipleOf == null) {
            return 1;
        }
        BigDecimal value = multipleOf.decimalValue();
        if (value.compareTo(BigDecimal.valueOf(GrammarLimits.MULTIPLE_OF)) > 0 || value.stripTrailingZeros().scale() > 0) {
            throw SchemaProblem.unsupported(pointer, "multipleOf",
                    "it must be an integer from 1 to " + GrammarLimits.MULTIPLE_OF + " and the type integer");
        }
        return value.intValueExact();
    }
}
