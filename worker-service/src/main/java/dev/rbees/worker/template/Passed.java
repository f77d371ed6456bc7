package dev.rbees.worker.template;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** What a call, a filter or a test was given. */
record Passed(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {

    static final Passed NOTHING = new Passed(List.of(), Map.of());

    static Passed of(List<@Nullable Object> positional) {
        return new Passed(positional, Map.of());
    }

    boolean has(int index, String name) {
        return index < positional.size() || named.containsKey(name);
    }

    /** The argument at that place or with that name, or what stands for it when there is none. */
    @Nullable
    Object value(int index, String name, @Nullable Object otherwise) {
        if (index < positional.size()) {
            return positional.get(index);
        }
        return named.containsKey(name) ? named.get(name) : otherwise;
    }

    @Nullable
    Object required(int index, String name) {
        if (!has(index, name)) {
            throw new TemplateException("the argument '" + name + "' is missing");
        }
        return value(index, name, null);
    }

    String text(int index, String name) {
        return Values.string(required(index, name), "the argument '" + name + "'");
    }

    boolean truth(int index, String name, boolean otherwise) {
        return Values.truth(value(index, name, otherwise));
    }

    /** A whole number; none and absent are what stands for it. */
    long integer(int index, String name, long otherwise) {
        Object value = value(index, name, null);
        return value == null ? otherwise : Values.integer(value, "the argument '" + name + "'");
    }

    /** Without the first arguments. */
    Passed after(int count) {
        return new Passed(positional.subList(Math.min(count, positional.size()), positional.size()), named);
    }
}
