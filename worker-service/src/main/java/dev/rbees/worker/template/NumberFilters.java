package dev.rbees.worker.template;

import java.math.BigDecimal;
import java.math.RoundingMode;

import org.jspecify.annotations.Nullable;

/** The filters that make numbers. */
final class NumberFilters {

    private NumberFilters() {}

    static @Nullable Object toInteger(@Nullable Object value, Passed passed) {
        Values.requireDefined(value, "'int'");
        Object otherwise = passed.value(0, "default", 0L);
        Number number = Values.number(value);
        if (number == null && value instanceof String text) {
            number = parsed(text);
        }
        return number == null || Double.isNaN(number.doubleValue()) || Double.isInfinite(number.doubleValue())
                ? otherwise
                : (Object) number.longValue();
    }

    static @Nullable Object toDecimal(@Nullable Object value, Passed passed) {
        Values.requireDefined(value, "'float'");
        Number number = Values.number(value);
        if (number == null && value instanceof String text) {
            number = parsed(text);
        }
        return number == null ? passed.value(0, "default", 0.0) : (Object) number.doubleValue();
    }

    /** why: what Java takes for a number and Python does not, such as "1f", must not be one. */
    private static @Nullable Number parsed(String text) {
        String number = PythonText.strip(text, null, true, true);
        if (number.length() > 40 || !number.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?")) {
            return null;
        }
        if (number.length() <= 18 && number.matches("[+-]?\\d+")) {
            return Long.valueOf(number);
        }
        return Double.valueOf(number);
    }

    static Object absolute(@Nullable Object value) {
        return switch (Values.number(value)) {
            case Long l -> Math.absExact(l);
            case Double d -> Math.abs(d);
            case null, default -> throw new TemplateException("'abs' does not work on " + Values.kind(value));
        };
    }

    /** To so many digits, a half to the even one; also with the method "ceil" or "floor". */
    static Object rounded(@Nullable Object value, Passed passed) {
        Number number = Values.number(value);
        if (number == null) {
            throw new TemplateException("'round' does not work on " + Values.kind(value));
        }
        RoundingMode mode = switch (Values.text(passed.value(1, "method", "common"))) {
            case "common" -> RoundingMode.HALF_EVEN;
            case "ceil" -> RoundingMode.CEILING;
            case "floor" -> RoundingMode.FLOOR;
            default -> throw new TemplateException("'round' knows the methods common, ceil and floor");
        };
        if (number instanceof Long && mode == RoundingMode.HALF_EVEN) {
            return number;
        }
        double exact = number.doubleValue();
        if (Double.isNaN(exact) || Double.isInfinite(exact)) {
            return exact;
        }
        int digits = Math.clamp(passed.integer(0, "precision", 0), -20, 20);
        return new BigDecimal(exact).setScale(digits, mode).doubleValue();
    }
}
