package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The values of a template and how Python treats them: null is none, Boolean, Long, Double, String, {@link Marked}, List
 * (also {@link Tuple} and {@link Once}), Map with texts and whole numbers as keys (also {@link Namespace}), {@link Callable}, and
 * {@link Undefined}.
 */
final class Values {

    /** Something that can be called: a macro, a function, a method of a value. */
    @FunctionalInterface
    interface Callable {
        @Nullable
        Object call(Passed passed);
    }

    private Values() {}

    /**
     * A value from outside as one of ours.
     *
     * @throws TemplateException when it is of another kind, or nested too deep
     */
    static @Nullable Object copyOf(@Nullable Object value) {
        return copyOf(value, 0);
    }

    private static @Nullable Object copyOf(@Nullable Object value, int depth) {
        TemplateLimits.requireDepth(depth);
        return switch (value) {
            case null -> null;
            case String _,Boolean _,Long _,Double _ -> value;
            case Integer i -> i.longValue();
            case List<?> list -> {
                List<@Nullable Object> copy = new ArrayList<>();
                list.forEach(item -> copy.add(copyOf(item, depth + 1)));
                yield copy;
            }
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
                map.forEach((key, item) -> copy.put(key(key), copyOf(item, depth + 1)));
                yield copy;
            }
            default -> throw new TemplateException("a template takes no " + value.getClass().getSimpleName());
        };
    }

    static boolean truth(@Nullable Object value) {
        return switch (value) {
            case null -> false;
            case Boolean b -> b;
            case Long l -> l != 0;
            case Double d -> d != 0;
            case String s -> !s.isEmpty();
            case Marked(String text) -> !text.isEmpty();
            case Once _,Namespace _ -> true;
            case Collection<?> c -> !c.isEmpty();
            case Map<?, ?> m -> !m.isEmpty();
            case Undefined _ -> false;
            default -> true;
        };
    }

    /** A number, also for a truth value; null for everything else. */
    static @Nullable Number number(@Nullable Object value) {
        return switch (value) {
            case Number n -> n;
            case Boolean b -> b ? 1L : 0L;
            case null, default -> null;
        };
    }

    /** What writing the value gives. */
    static String text(@Nullable Object value) {
        return switch (value) {
            case String s -> s;
            case Marked(String text) -> text;
            case null -> "None";
            case Undefined _ -> "";
            default -> representation(value);
        };
    }

    /** The value as Python would write it in a program. */
    private static String representation(Object value) {
        StringBuilder out = new StringBuilder();
        represent(value, out, 0);
        return out.toString();
    }

    private static void represent(@Nullable Object value, StringBuilder out, int depth) {
        TemplateLimits.requireText(out.length());
        TemplateLimits.requireDepth(depth);
        switch (value) {
            case null -> out.append("None");
            case Boolean b -> out.append(b ? "True" : "False");
            case Long l -> out.append(l.longValue());
            case Double d -> out.append(PythonText.decimal(d));
            case String s -> out.append(PythonText.quoted(s));
            case Marked(String text) -> out.append("Markup(").append(PythonText.quoted(text)).append(')');
            case List<?> list -> representList(list, out, depth);
            case Map<?, ?> map -> representMapping(map, out, depth);
            case Undefined _ -> out.append("Undefined");
            default -> throw new TemplateException("a function cannot be written");
        }
    }

    private static void representList(List<?> list, StringBuilder out, int depth) {
        boolean tuple = list instanceof Tuple;
        out.append(tuple ? '(' : '[');
        for (int i = 0; i < list.size(); i++) {
            out.append(i > 0 ? ", " : "");
            represent(list.get(i), out, depth + 1);
        }
        out.append(tuple && list.size() == 1 ? "," : "").append(tuple ? ')' : ']');
    }

    private static void representMapping(Map<?, ?> map, StringBuilder out, int depth) {
        out.append(map instanceof Namespace ? "<Namespace {" : "{");
        int start = out.length();
        map.forEach((key, entry) -> {
            out.append(out.length() > start ? ", " : "");
            represent(key, out, depth + 1);
            out.append(": ");
            represent(entry, out, depth + 1);
        });
        out.append(map instanceof Namespace ? "}>" : "}");
    }

    /** The items of what a loop runs over: of a mapping, its keys. */
    static List<@Nullable Object> items(@Nullable Object value) {
        return switch (value) {
            case Once once -> once.read();
            case List<?> l -> new ArrayList<>(l);
            case Namespace _ -> throw new TemplateException("a namespace has no items");
            case Map<?, ?> m -> new ArrayList<>(m.keySet());
            case String s -> {
                TemplateLimits.requireItems(s.length());
                yield new ArrayList<>(s.codePoints().mapToObj(Character::toString).toList());
            }
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

    /** @throws TemplateException for what nobody set: it can be written and asked for, and nothing can be made of it */
    static void requireDefined(@Nullable Object value, String operation) {
        if (value instanceof Undefined) {
            throw new TemplateException(operation + " does not work on " + kind(value));
        }
    }

    static String string(@Nullable Object value, String what) {
        if (value instanceof String s) {
            return s;
        }
        throw new TemplateException(what + " must be a text, not " + kind(value));
    }

    /** A value that names an entry of a mapping. */
    static Object key(@Nullable Object value) {
        if (value instanceof String || value instanceof Long) {
            return value;
        }
        throw new TemplateException("the key of a mapping must be a text or a whole number, not " + kind(value));
    }

    /** What kind of value it is, for messages. */
    static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "none";
            case Boolean _ -> "a truth value";
            case Number _ -> "a number";
            case String _,Marked _ -> "a text";
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a mapping";
            case Undefined _ -> "an undefined value";
            default -> "a function";
        };
    }
}
