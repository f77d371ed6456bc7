package dev.rbees.worker.template;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Which values are equal, which come first, and which hold others. */
final class Comparisons {

    private final TemplateLimits limits;

    Comparisons(TemplateLimits limits) {
        this.limits = limits;
    }

    boolean holds(String operator, @Nullable Object a, @Nullable Object b) {
        return switch (operator) {
            case "==" -> equal(a, b);
            case "!=" -> !equal(a, b);
            case "<" -> order(a, b) < 0;
            case "<=" -> order(a, b) <= 0;
            case ">" -> order(a, b) > 0;
            case ">=" -> order(a, b) >= 0;
            case "in" -> contains(b, a);
            case "not in" -> !contains(b, a);
            default -> throw new TemplateException("the operator '" + operator + "' is not supported");
        };
    }

    boolean equal(@Nullable Object a, @Nullable Object b) {
        return equal(a, b, 0);
    }

    private boolean equal(@Nullable Object a, @Nullable Object b, int depth) {
        limits.lookAtItem();
        TemplateLimits.requireDepth(depth);
        Number x = Values.number(a);
        Number y = Values.number(b);
        if (x != null && y != null) {
            return orderOfNumbers(x, y) == 0;
        }
        if (a instanceof String s && b instanceof String t) {
            limits.work(Math.min(s.length(), t.length()));
            return s.equals(t);
        }
        if (a instanceof List<?> s && b instanceof List<?> t) {
            return equalLists(s, t, depth);
        }
        if (a instanceof Map<?, ?> s && b instanceof Map<?, ?> t && !(a instanceof Namespace)) {
            return equalMappings(s, t, depth);
        }
        return same(a, b);
    }

    /** why: namespaces and functions equal themselves only, and a namespace may hold itself. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean same(@Nullable Object a, @Nullable Object b) {
        return a == b;
    }

    private static int orderOfNumbers(Number a, Number b) {
        if (a instanceof Long i && b instanceof Long j) {
            return Long.compare(i, j);
        }
        // why: adding zero makes a positive zero of a negative one; they are equal
        return Double.compare(a.doubleValue() + 0.0, b.doubleValue() + 0.0);
    }

    private boolean equalLists(List<?> a, List<?> b, int depth) {
        boolean equal = a instanceof Tuple == b instanceof Tuple && a.size() == b.size();
        for (int i = 0; equal && i < a.size(); i++) {
            equal = equal(a.get(i), b.get(i), depth + 1);
        }
        return equal;
    }

    private boolean equalMappings(Map<?, ?> a, Map<?, ?> b, int depth) {
        boolean equal = a.size() == b.size();
        for (Map.Entry<?, ?> entry : a.entrySet()) {
            equal = equal && b.containsKey(entry.getKey()) && equal(entry.getValue(), b.get(entry.getKey()), depth + 1);
        }
        return equal;
    }

    /** Negative, zero or positive; only for two numbers or two texts. */
    int order(@Nullable Object a, @Nullable Object b) {
        Number x = Values.number(a);
        Number y = Values.number(b);
        if (x != null && y != null) {
            return orderOfNumbers(x, y);
        }
        if (a instanceof String s && b instanceof String t) {
            limits.work(Math.min(s.length(), t.length()) + 1L);
            return orderOfTexts(s, t);
        }
        throw new TemplateException(Values.kind(a) + " and " + Values.kind(b) + " cannot be compared");
    }

    /** By code points: the halves of a pair stand for something beyond every single character. */
    private static int orderOfTexts(String a, String b) {
        for (int i = 0; i < Math.min(a.length(), b.length()); i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return Character.isSurrogate(x) == Character.isSurrogate(y)
                        ? Character.compare(x, y)
                        : Boolean.compare(Character.isSurrogate(x), Character.isSurrogate(y));
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    boolean contains(@Nullable Object container, @Nullable Object item) {
        limits.look(container);
        return switch (container) {
            case String s when item instanceof String part -> s.contains(part);
            case Once once -> anyEqual(once.read(), item);
            case List<?> l -> anyEqual(l, item);
            case Namespace _ -> throw new TemplateException("'in' does not work on a namespace");
            case Map<?, ?> m -> item != null && m.containsKey(item);
            case Undefined _ -> false;
            case null, default -> throw new TemplateException("'in' does not work on " + Values.kind(container));
        };
    }

    private boolean anyEqual(List<?> items, @Nullable Object item) {
        for (Object element : items) {
            if (equal(element, item)) {
                return true;
            }
        }
        return false;
    }
}
