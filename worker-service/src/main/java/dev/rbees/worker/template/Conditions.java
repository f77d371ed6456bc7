package dev.rbees.worker.template;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The tests of templates: {@code value is test}. */
final class Conditions {

    private Conditions() {}

    static boolean holds(String test, @Nullable Object value, List<@Nullable Object> args) {
        return switch (test) {
            case "defined" -> !(value instanceof Undefined);
            case "undefined" -> value instanceof Undefined;
            case "none" -> value == null;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "boolean" -> value instanceof Boolean;
            case "string" -> value instanceof String;
            case "number" -> value instanceof Number;
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "mapping" -> value instanceof Map;
            case "sequence" -> value instanceof List || value instanceof String || value instanceof Map;
            case "iterable" -> value instanceof List || value instanceof String || value instanceof Map;
            case "callable" -> value instanceof Values.Callable;
            case "odd" -> Math.floorMod(Values.integer(value, "what is odd or even"), 2) == 1;
            case "even" -> Math.floorMod(Values.integer(value, "what is odd or even"), 2) == 0;
            case "divisibleby" -> Values.integer(value, "a dividend") % Values.integer(argument(args), "a divisor") == 0;
            case "in" -> Values.contains(argument(args), value);
            case "equalto", "eq", "==" -> Values.equal(value, argument(args));
            case "ne", "!=" -> !Values.equal(value, argument(args));
            case "lt", "<" -> Values.order(value, argument(args)) < 0;
            case "le", "<=" -> Values.order(value, argument(args)) <= 0;
            case "gt", ">" -> Values.order(value, argument(args)) > 0;
            case "ge", ">=" -> Values.order(value, argument(args)) >= 0;
            default -> throw new TemplateException("the test '" + test + "' is not supported");
        };
    }

    private static @Nullable Object argument(List<@Nullable Object> args) {
        if (args.isEmpty()) {
            throw new TemplateException("a test's argument is missing");
        }
        return args.getFirst();
    }
}
