package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * JSON as Python's {@code json.dumps} writes it, with the arguments that publishers' tools give the filter {@code tojson}:
 * ensure_ascii (false), indent, separators, sort_keys.
 */
final class JsonText {

    private final StringBuilder out = new StringBuilder();
    private final boolean asciiOnly;
    /** What one level is indented by; null for one line. */
    private final @Nullable String indent;
    private final String betweenItems;
    private final String afterKey;
    private final boolean sorted;

    private JsonText(Passed passed) {
        this.asciiOnly = passed.truth(0, "ensure_ascii", false);
        this.indent = indent(passed.value(1, "indent", null));
        Object separators = passed.value(2, "separators", null);
        List<@Nullable Object> pair = separators == null
                ? List.of(indent == null ? ", " : ",", ": ")
                : Values.items(separators);
        if (pair.size() != 2) {
            throw new TemplateException("'tojson' takes two separators");
        }
        this.betweenItems = Values.string(pair.getFirst(), "a separator");
        this.afterKey = Values.string(pair.getLast(), "a separator");
        this.sorted = passed.truth(3, "sort_keys", false);
    }

    static String write(@Nullable Object value, Passed passed) {
        JsonText json = new JsonText(passed);
        json.value(value, 0);
        return json.out.toString();
    }

    private static @Nullable String indent(@Nullable Object given) {
        if (given == null) {
            return null;
        }
        String indent = given instanceof String text ? text
                : " ".repeat(Math.clamp(Values.integer(given, "an indent"), 0, 64));
        if (indent.length() > 64) {
            throw new TemplateException("an indent is too long");
        }
        return indent;
    }

    private void value(@Nullable Object value, int depth) {
        TemplateLimits.requireDepth(depth);
        TemplateLimits.requireText(out.length());
        switch (value) {
            case null -> out.append("null");
            case Boolean b -> out.append(b.booleanValue());
            case Long l -> out.append(l.longValue());
            case Double d -> out.append(decimal(d));
            case String s -> string(s);
            case Marked(String text) -> string(text);
            case Once _ -> throw new TemplateException("what a filter gave cannot be written as JSON before 'list'");
            case List<?> l -> list(l, depth);
            case Namespace _ -> throw new TemplateException("a namespace cannot be written as JSON");
            case Map<?, ?> m -> mapping(m, depth);
            default -> throw new TemplateException(Values.kind(value) + " cannot be written as JSON");
        }
    }

    private static String decimal(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : PythonText.decimal(value);
    }

    private void list(List<?> list, int depth) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            separate(i > 0, depth + 1);
            value(list.get(i), depth + 1);
        }
        close(depth, ']');
    }

    private void mapping(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        List<Object> keys = new ArrayList<>(map.keySet());
        if (sorted) {
            keys.sort(Comparator.comparing(Values::text));
        }
        out.append('{');
        Iterator<Object> names = keys.iterator();
        for (boolean later = false; names.hasNext(); later = true) {
            Object key = names.next();
            separate(later, depth + 1);
            string(Values.text(key));
            out.append(afterKey);
            value(map.get(key), depth + 1);
        }
        close(depth, '}');
    }

    private void separate(boolean later, int depth) {
        if (later) {
            out.append(betweenItems);
        }
        newLine(depth);
    }

    private void close(int depth, char bracket) {
        newLine(depth);
        out.append(bracket);
    }

    private void newLine(int depth) {
        if (indent != null) {
            out.append('\n').repeat(indent, depth);
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || (asciiOnly && c > 0x7e)) {
                        out.append("\\u").append(HexFormat.of().toHexDigits(c));
                        TemplateLimits.requireText(out.length());
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
