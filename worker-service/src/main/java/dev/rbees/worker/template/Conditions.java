package dev.rbees.worker.template;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The tests of templates: {@code value is test}. */
final class Conditions {

    private final TemplateLimits limits;
    private final Comparisons comparisons;

    Conditions(TemplateLimits limits) {
        this.limits = limits;
        this.comparisons = new Comparisons(limits);
    }

    boolean holds(String test, @Nullable Object value, Passed passed) {
        return switch (test) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "boolean" -> value instanceof Boolean;
            case "string" -> value instanceof String;
            case "number" -> Values.number(value) != null;
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "mapping" -> value instanceof Map && !(value instanceof Namespace);
            case "sequence" -> isIterable(value) && !(value instanceof Once);
            case "iterable" -> isIterable(value);
            // why: in Python an undefined value can be called, and only then fails
            case "callable" -> value instanceof Values.Callable || value instanceof Undefined;
            case "lower" -> changes(value, false);
            case "upper" -> changes(value, true);
            case "odd" -> Math.floorMod(Values.integer(value, "what is odd or even"), 2) == 1;
            case "even" -> Math.floorMod(Values.integer(value, "what is odd or even"), 2) == 0;
            case "divisibleby" -> divisible(Values.integer(value, "a dividend"), Values.integer(passed.required(0, "num"),
                    "a divisor"));
            case "in" -> comparisons.contains(passed.required(0, "seq"), value);
            case "equalto", "eq", "==", "sameas" -> comparisons.equal(value, passed.required(0, "other"));
            case "ne", "!=" -> !comparisons.equal(value, passed.required(0, "other"));
            case "lt", "<", "lessthan" -> comparisons.order(value, passed.required(0, "other")) < 0;
            case "le", "<=" -> comparisons.order(value, passed.required(0, "other")) <= 0;
            case "gt", ">", "greaterthan" -> comparisons.order(value, passed.required(0, "other")) > 0;
            case "ge", ">=" -> comparisons.order(value, passed.required(0, "other")) >= 0;
            default -> throw new TemplateException("the test '" + test + "' is not supported");
        };
    }

    /** why: in Python an undefined value is an empty sequence as well. */
    private static boolean isIterable(@Nullable Object value) {
        return value instanceof List || value instanceof String || value instanceof Undefined
                || (value instanceof Map && !(value instanceof Namespace));
    }

    private boolean changes(@Nullable Object value, boolean upper) {
        String text = Values.text(value);
        limits.look(text);
        String other = upper ? text.toLowerCase(Locale.ROOT) : text.toUpperCase(Locale.ROOT);
        return !text.equals(other) && text.equals(upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT));
    }

    private static boolean divisible(long dividend, long divisor) {
        if (divisor == 0) {
            throw new TemplateException("it divides by zero");
        }
        return dividend % divisor == 0;
    }
}
