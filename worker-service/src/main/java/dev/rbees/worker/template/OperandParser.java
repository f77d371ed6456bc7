package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.worker.template.Expression.Arguments;
import dev.rbees.worker.template.Expression.Call;
import dev.rbees.worker.template.Expression.Items;
import dev.rbees.worker.template.Expression.Literal;
import dev.rbees.worker.template.Expression.Member;
import dev.rbees.worker.template.Expression.Name;
import dev.rbees.worker.template.Expression.Pairs;
import dev.rbees.worker.template.Expression.Slice;
import dev.rbees.worker.template.Lexer.Kind;
import dev.rbees.worker.template.Lexer.Token;

/** Reads what operators stand between: values with their members, calls and slices. */
final class OperandParser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            if (tokens.takeOperator(".")) {
                Expression key = tokens.at(Kind.INTEGER)
                        ? new Literal(Long.valueOf(tokens.next().text()))
                        : new Literal(tokens.name());
                value = new Member(value, key, true);
            } else if (tokens.takeOperator("[")) {
                value = subscript(value);
            } else if (tokens.atOperator("(")) {
                value = new Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression target) {
        Expression from = tokens.atOperator(":") ? null : expressions.expression();
        if (from != null && tokens.takeOperator("]")) {
            return new Member(target, from, false);
        }
        tokens.expectOperator(":");
        Expression to = sliceEnd() ? null : expressions.expression();
        Expression step = null;
        if (tokens.takeOperator(":")) {
            step = sliceEnd() ? null : expressions.expression();
        }
        tokens.expectOperator("]");
        return new Slice(target, from, to, step);
    }

    private boolean sliceEnd() {
        return tokens.atOperator(":") || tokens.atOperator("]");
    }

    Arguments arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.takeOperator(")")) {
            Expression value = expressions.expression();
            if (value instanceof Name(String name) && tokens.takeOperator("=")) {
                named.put(name, expressions.expression());
            } else {
                positional.add(value);
            }
            if (!tokens.atOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Arguments(positional, named);
    }

    Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case STRING -> string(token.text());
            case INTEGER -> new Literal(Long.valueOf(token.text()));
            case DECIMAL -> new Literal(Double.valueOf(token.text()));
            case NAME -> name(token.text());
            case OPERATOR -> switch (token.text()) {
                case "(" -> parenthesised();
                case "[" -> new Items(items("]"), false);
                case "{" -> pairs();
                default -> throw tokens.error("'" + token.text() + "' does not begin an expression");
            };
            case TEXT, OUTPUT_START, OUTPUT_END, BLOCK_START, BLOCK_END, END ->
                throw tokens.error("an expression is missing");
        };
    }

    /** Strings side by side are one. */
    private Expression string(String first) {
        StringBuilder text = new StringBuilder(first);
        while (tokens.at(Kind.STRING)) {
            text.append(tokens.next().text());
        }
        return new Literal(text.toString());
    }

    private static Expression name(String name) {
        return switch (name) {
            case "true", "True" -> new Literal(true);
            case "false", "False" -> new Literal(false);
            case "none", "None" -> new Literal((@Nullable Object) null);
            default -> new Name(name);
        };
    }

    private Expression parenthesised() {
        if (tokens.takeOperator(")")) {
            return new Items(List.of(), true);
        }
        Expression first = expressions.expression();
        if (tokens.takeOperator(")")) {
            return first;
        }
        tokens.expectOperator(",");
        List<Expression> items = new ArrayList<>(List.of(first));
        items.addAll(items(")"));
        return new Items(items, true);
    }

    private List<Expression> items(String closing) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.takeOperator(closing)) {
            items.add(expressions.expression());
            if (!tokens.atOperator(closing)) {
                tokens.expectOperator(",");
            }
        }
        return items;
    }

    private Expression pairs() {
        List<Map.Entry<Expression, Expression>> pairs = new ArrayList<>();
        while (!tokens.takeOperator("}")) {
            Expression key = expressions.expression();
            tokens.expectOperator(":");
            pairs.add(Map.entry(key, expressions.expression()));
            if (!tokens.atOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Pairs(pairs);
    }
}
