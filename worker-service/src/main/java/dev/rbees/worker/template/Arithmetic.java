package dev.rbees.worker.template;

import org.jspecify.annotations.Nullable;

/** The arithmetic of Python, with whole numbers of 64 bits. */
final class Arithmetic {

    private Arithmetic() {}

    static Object apply(String operator, @Nullable Object a, @Nullable Object b) {
        Number x = Values.number(a);
        Number y = Values.number(b);
        if (x == null || y == null) {
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
        boolean wholePower = operator.equals("**") && x instanceof Long && y instanceof Long && y.longValue() >= 0;
        if (wholePower && Math.abs(result) >= 1e15) {
            throw new TemplateException("a number is too large");
        }
        return wholePower ? (Object) (long) result : (Object) result;
    }

    private static long whole(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDivExact(a, b);
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

    /** {@code +value} or {@code -value}. */
    static Object signed(boolean negative, @Nullable Object value) {
        return switch (Values.number(value)) {
            case Long l when !negative -> l;
            case Long l -> whole("-", 0, l);
            case Double d -> negative ? -d : d;
            case null, default -> throw new TemplateException("a sign does not work on " + Values.kind(value));
        };
    }
}
