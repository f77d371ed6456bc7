package dev.rbees.worker.template;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;

import org.jspecify.annotations.Nullable;

/** JSON as Python's {@code json.dumps(value, ensure_ascii=False, indent=…)} writes it. */
final class JsonText {

    private static final int DEEPEST = 64;

    private final StringBuilder out = new StringBuilder();
    private final int indent;

    private JsonText(int indent) {
        this.indent = indent;
    }

    /** @param indent blanks per level, negative for one line */
    static String write(@Nullable Object value, int indent) {
        JsonText json = new JsonText(indent);
        json.value(value, 0);
        return json.out.toString();
    }

    private void value(@Nullable Object value, int depth) {
        if (depth > DEEPEST) {
            throw new TemplateException("a value is nested too deep for JSON");
        }
        Limits.requireText(out.length());
        switch (value) {
            case null -> out.append("null");
            case Boolean b -> out.append(b);
            case Number n -> out.append(n);
            case String s -> string(s);
            case List<?> l -> list(l, depth);
            case Map<?, ?> m -> mapping(m, depth);
            default -> throw new TemplateException(Values.kind(value) + " cannot be written as JSON");
        }
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
        out.append('{');
        Iterator<? extends Entry<?, ?>> entries = map.entrySet().iterator();
        for (boolean later = false; entries.hasNext(); later = true) {
            Entry<?, ?> entry = entries.next();
            separate(later, depth + 1);
            string(String.valueOf(entry.getKey()));
            out.append(": ");
            value(entry.getValue(), depth + 1);
        }
        close(depth, '}');
    }

    private void separate(boolean later, int depth) {
        if (later) {
            out.append(indent < 0 ? ", " : ",");
        }
        if (indent >= 0) {
            out.append('\n').repeat(' ', depth * indent);
        }
    }

    private void close(int depth, char bracket) {
        if (indent >= 0) {
            out.append('\n').repeat(' ', depth * indent);
        }
        out.append(bracket);
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
                    if (c < 0x20) {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
