package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Arithmetic, comparison, indexing and slicing, as in Python. */
final class Operators {

    private final Limits limits;

    Operators(Limits limits) {
        this.limits = limits;
    }

    @Nullable
    Object binary(String operator, @Nullable Object a, @Nullable Object b) {
        return switch (operator) {
            case "~" -> limits.checked(Values.text(a) + Values.text(b));
            case "+" -> limits.checked(add(a, b));
            case "*" -> a instanceof String || a instanceof List ? repeat(a, b) : numeric(operator, a, b);
            default -> numeric(operator, a, b);
        };
    }

    private static Object add(@Nullable Object a, @Nullable Object b) {
        if (a instanceof String x && b instanceof String y) {
            return x + y;
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            List<@Nullable Object> sum = new ArrayList<>(x);
            sum.addAll(y);
            return sum;
        }
        return numeric("+", a, b);
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
        for (int i = 0; i < times; i++) {
            repeated.addAll(items);
        }
        return repeated;
    }

    private static Object numeric(String operator, @Nullable Object a, @Nullable Object b) {
        if (!(a instanceof Number x) || !(b instanceof Number y)) {
            throw new TemplateException("'" + operator + "' does not work on " + Values.kind(a) + " and " + Values.kind(b));
        }
        boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
        if (divides && y.doubleValue() == 0) {
            throw new TemplateException("it divides by zero");
        }
        if (x instanceof Long i && y instanceof Long j && !operator.equals("/") && !operator.equals("**")) {
            return whole(operator, i, j);
        }
        double result = decimal(operator, x.doubleValue(), y.doubleValue());
        boolean wholePower = operator.equals("**") && x instanceof Long && y instanceof Long && result == Math.rint(result)
                && Math.abs(result) < 1e15;
        return wholePower ? (Object) (long) result : (Object) result;
    }

    private static long whole(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDiv(a, b);
                case "%" -> Math.floorMod(a, b);
                default -> throw new TemplateException("the operator '" + operator + "' is not supported");
            };
        } catch (ArithmeticException e) {
            throw new TemplateException("a number is too large");
        }
    }

    private static double decimal(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> a - Math.floor(a / b) * b;
            case "**" -> Math.pow(a, b);
            default -> throw new TemplateException("the operator '" + operator + "' is not supported");
        };
    }

    static @Nullable Object negative(@Nullable Object value) {
        return switch (value) {
            case Long l -> -l;
            case Double d -> -d;
            case null, default -> throw new TemplateException("'-' does not work on " + Values.kind(value));
        };
    }

    static boolean compare(String operator, @Nullable Object a, @Nullable Object b) {
        return switch (operator) {
            case "==" -> Values.equal(a, b);
            case "!=" -> !Values.equal(a, b);
            case "<" -> Values.order(a, b) < 0;
            case "<=" -> Values.order(a, b) <= 0;
            case ">" -> Values.order(a, b) > 0;
            case ">=" -> Values.order(a, b) >= 0;
            case "in" -> Values.contains(b, a);
            case "not in" -> !Values.contains(b, a);
            default -> throw new TemplateException("the operator '" + operator + "' is not supported");
        };
    }

    /** {@code target.key} or {@code target[key]}. A dotted name means a method before it means an entry. */
    static @Nullable Object member(@Nullable Object target, @Nullable Object key, boolean dotted) {
        if (target instanceof Undefined) {
            throw new TemplateException("an undefined value has no '" + Values.text(key) + "'");
        }
        if (key instanceof String name) {
            Object method = dotted ? Methods.find(target, name) : null;
            if (method != null) {
                return method;
            }
            return target instanceof Map<?, ?> map && map.containsKey(name) ? map.get(name) : Undefined.UNDEFINED;
        }
        if (key instanceof Long index && (target instanceof List || target instanceof String)) {
            List<@Nullable Object> items = Values.items(target);
            long i = index < 0 ? items.size() + index : index;
            return i >= 0 && i < items.size() ? items.get((int) i) : Undefined.UNDEFINED;
        }
        return Undefined.UNDEFINED;
    }

    /** {@code target[from:to:step]}. */
    Object slice(@Nullable Object target, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        List<@Nullable Object> items = Values.items(target);
        long stride = step == null ? 1 : Values.integer(step, "a slice's step");
        if (stride == 0) {
            throw new TemplateException("a slice's step is zero");
        }
        int size = items.size();
        long start = bound(from, stride > 0 ? 0 : size - 1, size, stride);
        long end = bound(to, stride > 0 ? size : -1, size, stride);
        List<@Nullable Object> chosen = new ArrayList<>();
        for (long i = start; stride > 0 ? i < end : i > end; i += stride) {
            chosen.add(items.get((int) i));
        }
        limits.checked(chosen);
        return target instanceof String ? String.join("", chosen.stream().map(Values::text).toList()) : chosen;
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
