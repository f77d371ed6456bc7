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
import dev.rbees.worker.template.Expression.Not;
import dev.rbees.worker.template.Expression.Pairs;
import dev.rbees.worker.template.Expression.Signed;
import dev.rbees.worker.template.Expression.Slice;
import dev.rbees.worker.template.Expression.Tested;
import dev.rbees.worker.template.Values.Callable;

/** Works out what expressions stand for. */
final class Evaluator {

    private final TemplateLimits limits;
    private final Operators operators;
    private final Comparisons comparisons;
    private final Conditions conditions;
    private final Filters filters;

    Evaluator(TemplateLimits limits) {
        this.limits = limits;
        this.operators = new Operators(limits);
        this.comparisons = new Comparisons(limits);
        this.conditions = new Conditions(limits);
        this.filters = new Filters(limits);
    }

    /** What the expression stands for; a marked text is a text. */
    @Nullable
    Object value(Expression expression, Scope scope) {
        return Marked.unwrapped(marked(expression, scope));
    }

    /** As {@link #value}, but a marked text stays marked: for what is added up or set. */
    @Nullable
    Object marked(Expression expression, Scope scope) {
        limits.step();
        limits.enter();
        Object value = switch (expression) {
            case Literal(Object literal) -> literal;
            case Name(String name) -> scope.get(name);
            case Items(List<Expression> items, boolean tuple) -> items(items, tuple, scope);
            case Pairs(var pairs) -> mapping(pairs, scope);
            case Member(Expression target, Expression key, boolean dotted) ->
                operators.member(defined(target, scope), value(key, scope), dotted);
            case Slice(var target, var from, var to, var step) -> operators.slice(value(target, scope),
                    optional(from, scope), optional(to, scope), optional(step, scope));
            case Call(Expression target, Arguments arguments) -> call(value(target, scope), target, arguments, scope);
            case Filtered(Expression target, String filter, Arguments arguments) ->
                limits.checked(filters.apply(filter, looked(target, scope), passed(arguments, scope)));
            case Tested(Expression target, String test, boolean negated, Arguments arguments) ->
                negated != conditions.holds(test, value(target, scope), passed(arguments, scope));
            case Not(Expression operand) -> !truth(operand, scope);
            case Signed(boolean negative, Expression operand) -> Arithmetic.signed(negative, value(operand, scope));
            case Logical(boolean and, Expression left, Expression right) -> logical(and, left, right, scope);
            case Binary(String operator, Expression left, Expression right) -> operator.equals("+")
                    ? operators.binary(operator, marked(left, scope), marked(right, scope))
                    : operators.binary(operator, value(left, scope), value(right, scope));
            case Compare(Expression first, var rest) -> compare(first, rest, scope);
            case Conditional(Expression condition, Expression then, Expression otherwise) -> truth(condition, scope)
                    ? marked(then, scope)
                    : otherwise == null ? Undefined.UNDEFINED : marked(otherwise, scope);
        };
        limits.leave();
        return value;
    }

    private @Nullable Object looked(Expression expression, Scope scope) {
        Object value = value(expression, scope);
        limits.look(value);
        return value;
    }

    private Object items(List<Expression> expressions, boolean tuple, Scope scope) {
        List<@Nullable Object> items = values(expressions, scope);
        limits.countItems(items.size());
        return tuple ? new Tuple(items) : items;
    }

    private Passed passed(Arguments arguments, Scope scope) {
        return arguments.positional().isEmpty() && arguments.named().isEmpty()
                ? Passed.NOTHING
                : new Passed(values(arguments.positional(), scope), named(arguments, scope));
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

    private Map<Object, @Nullable Object> mapping(List<Map.Entry<Expression, Expression>> pairs, Scope scope) {
        Map<Object, @Nullable Object> mapping = new LinkedHashMap<>();
        for (var pair : pairs) {
            mapping.put(Values.key(value(pair.getKey(), scope)), value(pair.getValue(), scope));
        }
        return mapping;
    }

    private @Nullable Object call(@Nullable Object target, Expression written, Arguments arguments, Scope scope) {
        if (!(target instanceof Callable callable)) {
            throw new TemplateException(name(written) + " cannot be called; it is " + Values.kind(target));
        }
        limits.enterCall();
        Object result = callable.call(passed(arguments, scope));
        limits.leaveCall();
        return limits.checked(result);
    }

    /** What something is looked up in: anything that is set, be it none. */
    private @Nullable Object defined(Expression expression, Scope scope) {
        Object value = value(expression, scope);
        if (value instanceof Undefined) {
            throw new TemplateException(name(expression) + " is undefined, so nothing can be looked up in it");
        }
        return value;
    }

    /** How a template calls what it means, for messages. */
    private static String name(Expression written) {
        return switch (written) {
            case Name(String simple) -> "'" + simple + "'";
            case Member(var _, Literal(Object key), var _) -> "'" + Values.text(key) + "'";
            default -> "this";
        };
    }

    /** As in Python, the value that decides, not its truth. */
    private @Nullable Object logical(boolean and, Expression left, Expression right, Scope scope) {
        Object first = marked(left, scope);
        return Values.truth(first) == and ? marked(right, scope) : first;
    }

    private boolean compare(Expression first, List<Map.Entry<String, Expression>> rest, Scope scope) {
        Object left = value(first, scope);
        for (var comparison : rest) {
            Object right = value(comparison.getValue(), scope);
            if (!comparisons.holds(comparison.getKey(), left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }
}
