package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Arithmetic, indexing and slicing, as in Python. */
final class Operators {

    private final TemplateLimits limits;
    private final Methods methods;

    Operators(TemplateLimits limits) {
        this.limits = limits;
        this.methods = new Methods(limits);
    }

    @Nullable
    Object binary(String operator, @Nullable Object a, @Nullable Object b) {
        return switch (operator) {
            case "~" -> joined(Values.text(a), Values.text(b));
            case "+" -> add(a, b);
            case "*" -> a instanceof String || a instanceof List
                    ? repeat(a, b)
                    : b instanceof String || b instanceof List ? repeat(b, a) : Arithmetic.apply(operator, a, b);
            default -> Arithmetic.apply(operator, a, b);
        };
    }

    private String joined(String a, String b) {
        limits.countText((long) a.length() + b.length());
        return a + b;
    }

    private @Nullable Object add(@Nullable Object a, @Nullable Object b) {
        if (a instanceof String x && b instanceof String y) {
            return joined(x, y);
        }
        if (a instanceof Marked || b instanceof Marked) {
            return limits.checked(new Marked(joined(escaped(a), escaped(b))));
        }
        if (a instanceof List<?> x && b instanceof List<?> y && a instanceof Tuple == b instanceof Tuple) {
            limits.countItems((long) x.size() + y.size());
            List<@Nullable Object> sum = new ArrayList<>(x);
            sum.addAll(y);
            return a instanceof Tuple ? new Tuple(sum) : sum;
        }
        return Arithmetic.apply("+", a, b);
    }

    private static String escaped(@Nullable Object value) {
        return switch (value) {
            case Marked(String text) -> text;
            case String text -> Marked.escaped(text);
            case null, default -> throw new TemplateException("'+' does not work on a text and " + Values.kind(value));
        };
    }

    private Object repeat(Object a, @Nullable Object b) {
        int times = Math.clamp(Values.integer(b, "the number of repetitions"), 0, Integer.MAX_VALUE);
        if (a instanceof String text) {
            limits.countText((long) text.length() * times);
            return text.repeat(times);
        }
        List<@Nullable Object> items = Values.items(a);
        limits.countItems((long) items.size() * times);
        List<@Nullable Object> repeated = new ArrayList<>();
        for (int i = 0; i < times && !items.isEmpty(); i++) {
            repeated.addAll(items);
        }
        return a instanceof Tuple ? new Tuple(repeated) : repeated;
    }

    /** {@code target.key} or {@code target[key]}. A dotted name means a method before it means an entry. */
    @Nullable
    Object member(@Nullable Object target, @Nullable Object key, boolean dotted) {
        if (target instanceof Undefined) {
            throw new TemplateException("an undefined value has no '" + Values.text(key) + "'");
        }
        if (key instanceof String name) {
            Object method = dotted ? methods.find(target, name) : null;
            if (method != null) {
                return method;
            }
            return target instanceof Map<?, ?> map && map.containsKey(name) ? map.get(name) : Undefined.UNDEFINED;
        }
        if (key instanceof Long index) {
            return target instanceof Map<?, ?> map && map.containsKey(index) ? map.get(index) : item(target, index);
        }
        return Undefined.UNDEFINED;
    }

    private @Nullable Object item(@Nullable Object target, long index) {
        if (target instanceof List<?> list && !(target instanceof Once)) {
            long i = index < 0 ? list.size() + index : index;
            return i >= 0 && i < list.size() ? list.get((int) i) : Undefined.UNDEFINED;
        }
        if (target instanceof String text) {
            limits.look(text);
            int length = text.codePointCount(0, text.length());
            long i = index < 0 ? length + index : index;
            return i >= 0 && i < length
                    ? Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) i)))
                    : Undefined.UNDEFINED;
        }
        return Undefined.UNDEFINED;
    }

    /** {@code target[from:to:step]}. */
    Object slice(@Nullable Object target, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        limits.look(target);
        Values.requireDefined(target, "a slice");
        if (target instanceof String text) {
            int[] points = text.codePoints().toArray();
            StringBuilder chosen = new StringBuilder();
            for (int i : chosen(points.length, from, to, step)) {
                chosen.appendCodePoint(points[i]);
            }
            limits.countText(chosen.length());
            return chosen.toString();
        }
        if (!(target instanceof List<?> items) || target instanceof Once) {
            return Undefined.UNDEFINED;
        }
        List<@Nullable Object> chosen = new ArrayList<>();
        for (int i : chosen(items.size(), from, to, step)) {
            chosen.add(items.get(i));
        }
        limits.countItems(chosen.size());
        return target instanceof Tuple ? new Tuple(chosen) : chosen;
    }

    /** The places that a slice takes from so many, in its order. */
    private static int[] chosen(int size, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        long stride = step == null ? 1 : Values.integer(step, "a slice's step");
        if (stride == 0) {
            throw new TemplateException("a slice's step is zero");
        }
        // why: a longer stride than this takes the first one only, and must not overflow
        long bounded = Math.clamp(stride, -(size + 1L), size + 1L);
        long start = bound(from, stride > 0 ? 0 : size - 1, size, stride);
        long end = bound(to, stride > 0 ? size : -1, size, stride);
        int count = (int) Math.max(0, stride > 0
                ? (end - start + bounded - 1) / bounded
                : (start - end - bounded - 1) / -bounded);
        int[] places = new int[count];
        for (int i = 0; i < count; i++) {
            places[i] = (int) (start + i * bounded);
        }
        return places;
    }

    private static long bound(@Nullable Object value, long absent, int size, long stride) {
        if (value == null) {
            return absent;
        }
        long index = Values.integer(value, "a slice's end");
        long fromStart = index < 0 ? index + size : index;
        return stride > 0 ? Math.clamp(fromStart, 0, size) : Math.clamp(fromStart, -1, size - 1);
    }
}
