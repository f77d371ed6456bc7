package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.rbees.worker.template.Expression.Arguments;
import dev.rbees.worker.template.Expression.Binary;
import dev.rbees.worker.template.Expression.Compare;
import dev.rbees.worker.template.Expression.Conditional;
import dev.rbees.worker.template.Expression.Filtered;
import dev.rbees.worker.template.Expression.Items;
import dev.rbees.worker.template.Expression.Logical;
import dev.rbees.worker.template.Expression.Not;
import dev.rbees.worker.template.Expression.Signed;
import dev.rbees.worker.template.Expression.Tested;
import dev.rbees.worker.template.Lexer.Kind;
import dev.rbees.worker.template.Lexer.Token;

/** Reads expressions, with the precedences of Jinja. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");

    private final TokenStream tokens;
    private final OperandParser operands;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
    }

    /** A whole expression, with {@code if … else}. */
    Expression expression() {
        tokens.enter();
        Expression value = or();
        while (tokens.takeName("if")) {
            Expression condition = or();
            Expression otherwise = tokens.takeName("else") ? expression() : null;
            value = new Conditional(condition, value, otherwise);
        }
        tokens.leave();
        return value;
    }

    /** An expression, or several with commas between them, which are a tuple. */
    Expression tuple() {
        return tuple(this::expression);
    }

    /** As {@link #tuple}, for the items of a loop, whose {@code if} is the loop's own. */
    Expression tupleWithoutIf() {
        return tuple(this::or);
    }

    private Expression tuple(Supplier<Expression> item) {
        Expression first = item.get();
        if (!tokens.atOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.takeOperator(",")) {
            if (tokens.at(Kind.BLOCK_END) || tokens.at(Kind.OUTPUT_END)) {
                break;
            }
            items.add(item.get());
        }
        return new Items(items, true);
    }

    private Expression or() {
        Expression left = and();
        while (tokens.takeName("or")) {
            left = new Logical(false, left, and());
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.takeName("and")) {
            left = new Logical(true, left, not());
        }
        return left;
    }

    private Expression not() {
        if (!tokens.takeName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression operand = not();
        tokens.leave();
        return new Not(operand);
    }

    private Expression comparison() {
        Expression first = sum();
        List<Map.Entry<String, Expression>> rest = new ArrayList<>();
        while (true) {
            Token token = tokens.peek();
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                tokens.next();
                rest.add(Map.entry(token.text(), sum()));
            } else if (tokens.takeName("in")) {
                rest.add(Map.entry("in", sum()));
            } else if (tokens.atName("not")) {
                tokens.next();
                tokens.expectName("in");
                rest.add(Map.entry("not in", sum()));
            } else {
                return rest.isEmpty() ? first : new Compare(first, rest);
            }
        }
    }

    private Expression sum() {
        Expression left = concatenation();
        while (tokens.atOperator("+") || tokens.atOperator("-")) {
            left = new Binary(tokens.next().text(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (tokens.takeOperator("~")) {
            left = new Binary("~", left, product());
        }
        return left;
    }

    private Expression product() {
        Expression left = power();
        while (tokens.atOperator("*") || tokens.atOperator("/") || tokens.atOperator("//") || tokens.atOperator("%")) {
            left = new Binary(tokens.next().text(), left, power());
        }
        return left;
    }

    /** From left to right, other than in Python. */
    private Expression power() {
        Expression left = unary();
        while (tokens.takeOperator("**")) {
            left = new Binary("**", left, unary());
        }
        return left;
    }

    private Expression unary() {
        return filtersAndTests(signed());
    }

    /** The sign binds tighter than a filter: {@code -x|abs} is the filter of the negative. */
    private Expression signed() {
        tokens.enter();
        Expression value;
        if (tokens.takeOperator("-")) {
            value = new Signed(true, signed());
        } else if (tokens.takeOperator("+")) {
            value = new Signed(false, signed());
        } else {
            value = operands.postfix(operands.primary());
        }
        tokens.leave();
        return value;
    }

    private Expression filtersAndTests(Expression start) {
        Expression value = start;
        while (true) {
            if (tokens.takeOperator("|")) {
                value = filter(value);
            } else if (tokens.takeName("is")) {
                boolean negated = tokens.takeName("not");
                value = new Tested(value, testName(), negated, testArguments());
            } else {
                return value;
            }
        }
    }

    /** {@code value|a|b(c)}, of which the name of the first filter comes next. */
    Expression filters(Expression start) {
        Expression value = filter(start);
        while (tokens.takeOperator("|")) {
            value = filter(value);
        }
        return value;
    }

    private Expression filter(Expression value) {
        String name = tokens.name();
        return new Filtered(value, name, optionalArguments());
    }

    private String testName() {
        if (tokens.at(Kind.OPERATOR) && COMPARISONS.contains(tokens.peek().text())) {
            return tokens.next().text();
        }
        return tokens.name();
    }

    private Arguments testArguments() {
        if (tokens.atOperator("(")) {
            return operands.arguments();
        }
        boolean bare = tokens.at(Kind.STRING) || tokens.at(Kind.INTEGER) || tokens.at(Kind.DECIMAL) || tokens.atOperator("[")
                || tokens.atOperator("{")
                || (tokens.at(Kind.NAME) && !Set.of("and", "or", "not", "if", "else", "is", "in")
                        .contains(tokens.peek().text()));
        return bare ? new Arguments(List.of(operands.postfix(operands.primary())), Map.of()) : Arguments.NONE;
    }

    private Arguments optionalArguments() {
        return tokens.atOperator("(") ? operands.arguments() : Arguments.NONE;
    }
}
