package dev.rbees.worker.grammar;

import java.math.BigDecimal;

import tools.jackson.databind.JsonNode;

/** The numbers that a schema allows, by its minimum, maximum and their exclusive forms. */
record DecimalRange(Bound lowest, Bound highest) {

    private static final Bound TOP = new Bound(new BigDecimal(IntegerRange.HIGHEST), true);

    record Bound(BigDecimal value, boolean included) {
        Bound negated() {
            return new Bound(value.negate(), included);
        }
    }

    static boolean isIn(JsonNode schema) {
        return schema.has("minimum") || schema.has("maximum") || schema.has("exclusiveMinimum")
                || schema.has("exclusiveMaximum");
    }

    static DecimalRange of(JsonNode schema) {
        Bound lowest = TOP.negated();
        Bound highest = TOP;
        for (boolean included : new boolean[] {true, false}) {
            JsonNode minimum = schema.get(included ? "minimum" : "exclusiveMinimum");
            if (minimum != null && minimum.decimalValue().compareTo(lowest.value()) >= 0) {
                lowest = new Bound(minimum.decimalValue(), included);
            }
            JsonNode maximum = schema.get(included ? "maximum" : "exclusiveMaximum");
            if (maximum != null && maximum.decimalValue().compareTo(highest.value()) <= 0) {
                highest = new Bound(maximum.decimalValue(), included);
            }
        }
        return new DecimalRange(lowest, highest);
    }

    boolean isEmpty() {
        int order = lowest.value().compareTo(highest.value());
        return order > 0 || (order == 0 && !(lowest.included() && highest.included()));
    }
}
