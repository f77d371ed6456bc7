package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.template.Expression.Arguments;
import dev.rbees.worker.template.Expression.Binary;
import dev.rbees.worker.template.Expression.Call;
import dev.rbees.worker.template.Expression.Compare;
import dev.rbees.worker.template.Expression.Conditional;
import dev.rbees.worker.template.Expression.Filtered;
import dev.rbees.worker.template.Expression.Items;
import dev.rbees.worker.template.Expression.Literal;
import dev.rbees.worker.template.Expression.Logical;
import dev.rbees.worker.template.Expression.Member;
import dev.rbees.worker.template.Expression.Name;
import dev.rbees.worker.template.Expression.Negative;
import dev.rbees.worker.template.Expression.Not;
import dev.rbees.worker.template.Expression.Pairs;
import dev.rbees.worker.template.Expression.Slice;
import dev.rbees.worker.template.Expression.Tested;
import dev.rbees.worker.template.Values.Callable;

/** Works out what expressions stand for. */
final class Evaluator {

    private final Limits limits;
    private final Operators operators;

    Evaluator(Limits limits) {
        this.limits = limits;
        this.operators = new Operators(limits);
    }

    @Nullable
    Object value(Expression expression, Scope scope) {
        limits.step();
        return switch (expression) {
            case Literal(Object value) -> value;
            case Name(String name) -> scope.get(name);
            case Items(List<Expression> items) -> limits.checked(values(items, scope));
            case Pairs(var pairs) -> mapping(pairs, scope);
            case Member(Expression target, Expression key, boolean dotted) ->
                Operators.member(value(target, scope), value(key, scope), dotted);
            case Slice(var target, var from, var to, var step) -> operators.slice(value(target, scope),
                    optional(from, scope), optional(to, scope), optional(step, scope));
            case Call(Expression target, Arguments arguments) -> call(value(target, scope), target, arguments, scope);
            case Filtered(Expression target, String filter, Arguments arguments) -> limits.checked(Filters.apply(filter,
                    value(target, scope), values(arguments.positional(), scope), named(arguments, scope)));
            case Tested(Expression target, String test, boolean negated, Arguments arguments) ->
                negated != Conditions.holds(test, value(target, scope), values(arguments.positional(), scope));
            case Not(Expression operand) -> !truth(operand, scope);
            case Negative(Expression operand) -> Operators.negative(value(operand, scope));
            case Logical(boolean and, Expression left, Expression right) -> logical(and, left, right, scope);
            case Binary(String operator, Expression left, Expression right) ->
                operators.binary(operator, value(left, scope), value(right, scope));
            case Compare(Expression first, var rest) -> compare(first, rest, scope);
            case Conditional(Expression condition, Expression then, Expression otherwise) -> truth(condition, scope)
                    ? value(then, scope)
                    : otherwise == null ? Undefined.UNDEFINED : value(otherwise, scope);
        };
    }

    boolean truth(Expression expression, Scope scope) {
        return Values.truth(value(expression, scope));
    }

    private @Nullable Object optional(@Nullable Expression expression, Scope scope) {
        return expression == null ? null : value(expression, scope);
    }

    private List<@Nullable Object> values(List<Expression> expressions, Scope scope) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Expression expression : expressions) {
            values.add(value(expression, scope));
        }
        return values;
    }

    private Map<String, @Nullable Object> named(Arguments arguments, Scope scope) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        arguments.named().forEach((name, expression) -> named.put(name, value(expression, scope)));
        return named;
    }

    private Map<String, @Nullable Object> mapping(List<Map.Entry<Expression, Expression>> pairs, Scope scope) {
        Map<String, @Nullable Object> mapping = new LinkedHashMap<>();
        for (var pair : pairs) {
            mapping.put(Values.text(value(pair.getKey(), scope)), value(pair.getValue(), scope));
        }
        return mapping;
    }

    private @Nullable Object call(@Nullable Object target, Expression written, Arguments arguments, Scope scope) {
        if (!(target instanceof Callable callable)) {
            String name = written instanceof Name(String simple)
                    ? simple
                    : written instanceof Member(var _, Literal(Object key), var _) ? Values.text(key) : "this";
            throw new TemplateException("'" + name + "' cannot be called; it is " + Values.kind(target));
        }
        limits.enterCall();
        Object result = callable.call(values(arguments.positional(), scope), named(arguments, scope));
        limits.leaveCall();
        return limits.checked(result);
    }

    /** As in Python, the value that decides, not its truth. */
    private @Nullable Object logical(boolean and, Expression left, Expression right, Scope scope) {
        Object first = value(left, scope);
        return Values.truth(first) == and ? value(right, scope) : first;
    }

    private boolean compare(Expression first, List<Map.Entry<String, Expression>> rest, Scope scope) {
        Object left = value(first, scope);
        for (var comparison : rest) {
            Object right = value(comparison.getValue(), scope);
            if (!Operators.compare(comparison.getKey(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }
}
