package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import dev.rbees.worker.template.Expression.Name;
import dev.rbees.worker.template.Lexer.Kind;
import dev.rbees.worker.template.Statement.Assign;
import dev.rbees.worker.template.Statement.AssignBlock;
import dev.rbees.worker.template.Statement.AssignMember;
import dev.rbees.worker.template.Statement.Branch;
import dev.rbees.worker.template.Statement.For;
import dev.rbees.worker.template.Statement.If;
import dev.rbees.worker.template.Statement.Jump;
import dev.rbees.worker.template.Statement.Macro;
import dev.rbees.worker.template.Statement.Output;
import dev.rbees.worker.template.Statement.Parameter;
import dev.rbees.worker.template.Statement.Text;

/** Reads a template into statements. */
final class TemplateParser {

    private static final Set<String> BLOCK_ENDS = Set.of("elif", "else", "endif", "endfor", "endset", "endmacro",
            "endgeneration", "endfilter");

    /** why: a name that no template can write. */
    private static final String FILTERED = "(filtered)";

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    private TemplateParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /** @throws TemplateException when it is not one, or uses a construct that we do not know */
    static List<Statement> parse(String template) {
        TemplateParser parser = new TemplateParser(new TokenStream(Lexer.tokens(template)));
        List<Statement> statements = parser.body();
        if (!parser.tokens.at(Kind.END)) {
            parser.tokens.next();
            throw parser.tokens.error("'" + parser.tokens.peek().text() + "' has no beginning");
        }
        return statements;
    }

    /** Statements up to one of the words that end or divide a block, or the end of the template. */
    private List<Statement> body() {
        tokens.enter();
        List<Statement> statements = new ArrayList<>();
        while (!tokens.at(Kind.END) && BLOCK_ENDS.stream().noneMatch(tokens::atBlock)) {
            switch (tokens.peek().kind()) {
                case TEXT -> statements.add(new Text(tokens.next().text()));
                case OUTPUT_START -> {
                    tokens.next();
                    statements.add(new Output(expressions.tuple()));
                    tokens.expect(Kind.OUTPUT_END);
                }
                case BLOCK_START -> {
                    tokens.next();
                    block(statements);
                }
                case OUTPUT_END, BLOCK_END, NAME, STRING, INTEGER, DECIMAL, OPERATOR, END ->
                    throw tokens.error("unexpected '" + tokens.peek().text() + "'");
            }
        }
        tokens.leave();
        return statements;
    }

    private void block(List<Statement> statements) {
        String word = tokens.name();
        switch (word) {
            case "if" -> statements.add(branches());
            case "for" -> statements.add(loop());
            case "set" -> assignment(statements);
            case "macro" -> statements.add(macro());
            case "filter" -> filter(statements);
            case "break", "continue" -> {
                tokens.expect(Kind.BLOCK_END);
                statements.add(new Jump(word.equals("break")));
            }
            case "generation" -> {
                // why: it only marks the assistant's words for training
                tokens.expect(Kind.BLOCK_END);
                statements.addAll(body());
                end("endgeneration");
            }
            default -> throw tokens.error("the statement '" + word + "' is not supported");
        }
    }

    private If branches() {
        List<Branch> branches = new ArrayList<>();
        Expression condition = expressions.expression();
        while (true) {
            tokens.expect(Kind.BLOCK_END);
            branches.add(new Branch(condition, body()));
            if (tokens.atBlock("elif")) {
                tokens.next();
                tokens.next();
                condition = expressions.expression();
            } else if (tokens.atBlock("else")) {
                end("else");
                branches.add(new Branch(null, body()));
                break;
            } else {
                break;
            }
        }
        end("endif");
        return new If(branches);
    }

    private For loop() {
        List<String> targets = targets();
        tokens.expectName("in");
        Expression items = expressions.tupleWithoutIf();
        Expression filter = tokens.takeName("if") ? expressions.expression() : null;
        if (tokens.atName("recursive")) {
            throw tokens.error("'recursive' loops are not supported");
        }
        tokens.expect(Kind.BLOCK_END);
        List<Statement> body = body();
        List<Statement> otherwise = List.of();
        if (tokens.atBlock("else")) {
            end("else");
            otherwise = body();
        }
        end("endfor");
        return new For(targets, items, filter, body, otherwise);
    }

    private List<String> targets() {
        boolean parenthesised = tokens.takeOperator("(");
        List<String> targets = new ArrayList<>(List.of(tokens.name()));
        while (tokens.takeOperator(",")) {
            targets.add(tokens.name());
        }
        if (parenthesised) {
            tokens.expectOperator(")");
        }
        return targets;
    }

    private void assignment(List<Statement> statements) {
        List<String> targets = targets();
        boolean single = targets.size() == 1;
        if (single && tokens.takeOperator(".")) {
            String name = tokens.name();
            tokens.expectOperator("=");
            statements.add(new AssignMember(targets.getFirst(), name, expressions.tuple()));
            tokens.expect(Kind.BLOCK_END);
        } else if (single && (tokens.at(Kind.BLOCK_END) || tokens.atOperator("|"))) {
            assignBlock(targets.getFirst(), statements);
        } else {
            tokens.expectOperator("=");
            statements.add(new Assign(targets, expressions.tuple()));
            tokens.expect(Kind.BLOCK_END);
        }
    }

    private void assignBlock(String target, List<Statement> statements) {
        Name written = new Name(target);
        Expression value = tokens.takeOperator("|") ? expressions.filters(written) : written;
        tokens.expect(Kind.BLOCK_END);
        statements.add(new AssignBlock(target, body()));
        if (!value.equals(written)) {
            statements.add(new Assign(List.of(target), value));
        }
        end("endset");
    }

    /** {@code {% filter a|b %}}: what is inside is written through the filters. */
    private void filter(List<Statement> statements) {
        Expression filtered = expressions.filters(new Name(FILTERED));
        tokens.expect(Kind.BLOCK_END);
        statements.add(new AssignBlock(FILTERED, body()));
        statements.add(new Output(filtered));
        end("endfilter");
    }

    private Macro macro() {
        String name = tokens.name();
        tokens.expectOperator("(");
        List<Parameter> parameters = new ArrayList<>();
        while (!tokens.takeOperator(")")) {
            String parameter = tokens.name();
            parameters.add(new Parameter(parameter, tokens.takeOperator("=") ? expressions.expression() : null));
            if (!tokens.atOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        tokens.expect(Kind.BLOCK_END);
        List<Statement> body = body();
        end("endmacro");
        return new Macro(name, parameters, body);
    }

    /** Takes a block that is only this word. */
    private void end(String word) {
        if (!tokens.atBlock(word)) {
            throw tokens.error("'" + word + "' is missing");
        }
        tokens.next();
        tokens.next();
        tokens.expect(Kind.BLOCK_END);
    }
}
