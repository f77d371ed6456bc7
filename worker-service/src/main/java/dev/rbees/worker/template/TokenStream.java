package dev.rbees.worker.template;

import java.util.List;

import dev.rbees.worker.template.Lexer.Kind;
import dev.rbees.worker.template.Lexer.Token;

/** The tokens of a template with a reading position. */
final class TokenStream {

    private static final int DEEPEST = 100;

    private final List<Token> tokens;
    private int position;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(position);
    }

    Token next() {
        Token token = tokens.get(position);
        if (token.kind() != Kind.END) {
            position++;
        }
        return token;
    }

    boolean at(Kind kind) {
        return peek().kind() == kind;
    }

    boolean atOperator(String text) {
        return at(Kind.OPERATOR) && peek().text().equals(text);
    }

    boolean atName(String name) {
        return at(Kind.NAME) && peek().text().equals(name);
    }

    /** Whether a block begins here with this word. */
    boolean atBlock(String name) {
        Token word = tokens.get(Math.min(position + 1, tokens.size() - 1));
        return at(Kind.BLOCK_START) && word.kind() == Kind.NAME && word.text().equals(name);
    }

    boolean takeOperator(String text) {
        boolean here = atOperator(text);
        if (here) {
            next();
        }
        return here;
    }

    boolean takeName(String name) {
        boolean here = atName(name);
        if (here) {
            next();
        }
        return here;
    }

    void expectOperator(String text) {
        if (!takeOperator(text)) {
            throw error("'" + text + "' is missing");
        }
    }

    void expectName(String name) {
        if (!takeName(name)) {
            throw error("'" + name + "' is missing");
        }
    }

    void expect(Kind kind) {
        if (!at(kind)) {
            throw error("the tag does not end here");
        }
        next();
    }

    String name() {
        if (!at(Kind.NAME)) {
            throw error("a name is missing");
        }
        return next().text();
    }

    /** Counts a level of nesting; a hostile template must not use up the stack. */
    void enter() {
        if (++depth > DEEPEST) {
            throw error("it is nested deeper than " + DEEPEST + " levels");
        }
    }

    void leave() {
        depth--;
    }

    TemplateException error(String reason) {
        return new TemplateException("line " + peek().line() + ": " + reason);
    }
}
