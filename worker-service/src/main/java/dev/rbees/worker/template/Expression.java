package dev.rbees.worker.template;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** An expression of a template. */
sealed interface Expression {

    /** A text, number, truth value, or null for none. */
    record Literal(@Nullable Object value) implements Expression {}

    record Name(String name) implements Expression {}

    /** {@code [a, b]} and, as a tuple, {@code (a, b)}. */
    record Items(List<Expression> items, boolean tuple) implements Expression {}

    /** {@code {a: b}}. */
    record Pairs(List<Map.Entry<Expression, Expression>> pairs) implements Expression {}

    /** {@code target.name}, which is dotted, and {@code target[key]}. */
    record Member(Expression target, Expression key, boolean dotted) implements Expression {}

    /** {@code target[from:to:step]}; what is left out is null. */
    record Slice(Expression target, @Nullable Expression from, @Nullable Expression to, @Nullable Expression step)
            implements
                Expression {}

    /** {@code target(a, name=b)}. */
    record Call(Expression target, Arguments arguments) implements Expression {}

    /** {@code target|filter(a)}. */
    record Filtered(Expression target, String filter, Arguments arguments) implements Expression {}

    /** {@code target is [not] test(a)}. */
    record Tested(Expression target, String test, boolean negated, Arguments arguments) implements Expression {}

    record Not(Expression operand) implements Expression {}

    /** {@code -operand} or {@code +operand}. */
    record Signed(boolean negative, Expression operand) implements Expression {}

    /** {@code left and right}, or {@code or}: the right side only counts, and only runs, when the left does not decide. */
    record Logical(boolean and, Expression left, Expression right) implements Expression {}

    /** Arithmetic and {@code ~}. */
    record Binary(String operator, Expression left, Expression right) implements Expression {}

    /** {@code first op1 a op2 b …}, all of which must hold. */
    record Compare(Expression first, List<Map.Entry<String, Expression>> rest) implements Expression {}

    /** {@code then if condition else otherwise}. */
    record Conditional(Expression condition, Expression then, @Nullable Expression otherwise) implements Expression {}

    /** What is given to a call, filter or test. */
    record Arguments(List<Expression> positional, Map<String, Expression> named) {
        static final Arguments NONE = new Arguments(List.of(), Map.of());
    }
}
