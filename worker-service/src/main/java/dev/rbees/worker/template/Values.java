package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * The values of a template and how Python treats them: null is none, Boolean, Long, Double, String, List, Map with text
 * keys, {@link Callable}, and {@link Undefined}.
 */
final class Values {

    /** Something that can be called: a macro, a function, a method of a value. */
    @FunctionalInterface
    interface Callable {
        @Nullable
        Object call(List<@Nullable Object> positional, Map<String, @Nullable Object> named);
    }

    private Values() {}

    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean b -> b;
            case Long l -> l != 0;
            case Double d -> d != 0;
            case String s -> !s.isEmpty();
            case Collection<?> c -> !c.isEmpty();
            case Map<?, ?> m -> m instanceof Namespace || !m.isEmpty();
            case Undefined _ -> false;
            default -> true;
        };
    }

    /** What writing the value gives. */
    static String text(@Nullable Object value) {
        return switch (value) {
            case String s -> s;
            case null -> "None";
            case Undefined _ -> "";
            default -> representation(value);
        };
    }

    /** The value as Python would write it in a program. */
    private static String representation(Object value) {
        StringBuilder out = new StringBuilder();
        represent(value, out);
        return out.toString();
    }

    private static void represent(@Nullable Object value, StringBuilder out) {
        Limits.requireText(out.length());
        switch (value) {
            case null -> out.append("None");
            case Boolean b -> out.append(b ? "True" : "False");
            case String s -> out.append(quoted(s));
            case Double d -> out.append(d == Math.rint(d) && Math.abs(d) < 1e16 ? "%.1f".formatted(d) : d.toString());
            case List<?> list -> {
                out.append('[');
                for (int i = 0; i < list.size(); i++) {
                    out.append(i > 0 ? ", " : "");
                    represent(list.get(i), out);
                }
                out.append(']');
            }
            case Map<?, ?> map -> {
                out.append('{');
                int start = out.length();
                map.forEach((key, entry) -> {
                    out.append(out.length() > start ? ", " : "");
                    represent(key, out);
                    out.append(": ");
                    represent(entry, out);
                });
                out.append('}');
            }
            default -> out.append(value);
        }
    }

    private static String quoted(String text) {
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        String escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
        return quote + (quote == '\'' ? escaped.replace("'", "\\'") : escaped) + quote;
    }

    static boolean equal(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return x.doubleValue() == y.doubleValue();
        }
        return Objects.equals(a, b);
    }

    /** Negative, zero or positive; only for two numbers or two texts. */
    static int order(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Number x && b instanceof Number y) {
            return Double.compare(x.doubleValue(), y.doubleValue());
        }
        if (a instanceof String x && b instanceof String y) {
            return x.compareTo(y);
        }
        throw new TemplateException(kind(a) + " and " + kind(b) + " cannot be compared");
    }

    static boolean contains(@Nullable Object container, @Nullable Object item) {
        return switch (container) {
            case String s when item instanceof String part -> s.contains(part);
            case List<?> l -> l.stream().anyMatch(element -> equal(element, item));
            case Map<?, ?> m -> item instanceof String && m.containsKey(item);
            case Undefined _ -> false;
            case null, default -> throw new TemplateException("'in' does not work on " + kind(container));
        };
    }

    /** The items of what a loop runs over: of a mapping, its keys. */
    static List<@Nullable Object> items(@Nullable Object value) {
        return switch (value) {
            case List<?> l -> new ArrayList<>(l);
            case Map<?, ?> m -> new ArrayList<>(m.keySet());
            case String s -> new ArrayList<>(s.codePoints().mapToObj(Character::toString).toList());
            case Undefined _ -> new ArrayList<>();
            case null, default -> throw new TemplateException(kind(value) + " has no items");
        };
    }

    static long integer(@Nullable Object value, String what) {
        return switch (value) {
            case Long l -> l;
            case Boolean b -> b ? 1 : 0;
            case null, default -> throw new TemplateException(what + " must be a whole number, not " + kind(value));
        };
    }

    static String string(@Nullable Object value, String what) {
        if (value instanceof String s) {
            return s;
        }
        throw new TemplateException(what + " must be a text, not " + kind(value));
    }

    /** What kind of value it is, for messages. */
    static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "none";
            case Boolean _ -> "a truth value";
            case Number _ -> "a number";
            case String _ -> "a text";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a mapping";
            case Undefined _ -> "an undefined value";
            default -> "a function";
        };
    }
}
