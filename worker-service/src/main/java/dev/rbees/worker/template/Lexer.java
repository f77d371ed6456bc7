package dev.rbees.worker.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Cuts a template into texts and tags, with the white-space rules that model publishers use (trim_blocks, lstrip_blocks and
 * the {@code -} and {@code +} marks), and the inside of tags into words.
 */
final class Lexer {

    /** What a token is. */
    enum Kind {
        TEXT,
        OUTPUT_START,
        OUTPUT_END,
        BLOCK_START,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        DECIMAL,
        OPERATOR,
        END
    }

    /**
     * @param kind what it is
     * @param text its text; of a string, without quotes and escapes
     * @param line where it begins, from 1
     */
    record Token(Kind kind, String text, int line) {}

    private static final List<String> OPERATORS = List.of("**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~",
            "<", ">", "=", "(", ")", "[", "]", "{", "}", ",", ":", ".", "|");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    /** Whether the text that follows loses its leading white space, or its first line break. */
    private boolean trimAll;
    private boolean trimLine;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        String withoutLastBreak = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
        Lexer lexer = new Lexer(withoutLastBreak);
        lexer.readAll();
        return lexer.tokens;
    }

    private void readAll() {
        while (position < source.length()) {
            int tag = nextTag();
            char kind = tag < 0 ? 0 : source.charAt(tag + 1);
            char mark = tag < 0 || tag + 2 >= source.length() ? 0 : source.charAt(tag + 2);
            text(tag < 0 ? source.length() : tag, kind, mark);
            if (tag < 0) {
                break;
            }
            switch (kind) {
                case '#' -> comment();
                case '%' -> tag(Kind.BLOCK_START, Kind.BLOCK_END, "%}", mark);
                default -> tag(Kind.OUTPUT_START, Kind.OUTPUT_END, "}}", mark);
            }
        }
        add(Kind.END, "");
    }

    private int nextTag() {
        for (int i = source.indexOf('{', position); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    /** Adds the text up to {@code end}, which a tag with this kind and mark follows. */
    private void text(int end, char nextKind, char nextMark) {
        String text = source.substring(position, end);
        String shown = text;
        if (trimAll) {
            shown = shown.stripLeading();
        } else if (trimLine && shown.startsWith("\n")) {
            shown = shown.substring(1);
        }
        if (nextMark == '-') {
            shown = shown.stripTrailing();
        } else if ((nextKind == '%' || nextKind == '#') && nextMark != '+') {
            shown = withoutIndent(shown, position == 0 || (trimLine && text.startsWith("\n")));
        }
        if (!shown.isEmpty()) {
            add(Kind.TEXT, shown);
        }
        advanceTo(end);
        trimAll = false;
        trimLine = false;
    }

    /** Without the blanks between the beginning of the line and a block, when nothing else stands there. */
    private static String withoutIndent(String text, boolean atLineStart) {
        int lineStart = text.lastIndexOf('\n') + 1;
        boolean wholeLine = lineStart > 0 || atLineStart;
        return wholeLine && text.substring(lineStart).isBlank() ? text.substring(0, lineStart) : text;
    }

    private void comment() {
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw error("a comment is not closed");
        }
        trimAll = source.charAt(end - 1) == '-';
        trimLine = true;
        advanceTo(end + 2);
    }

    private void tag(Kind start, Kind end, String closing, char mark) {
        add(start, "");
        advanceTo(position + (mark == '-' || mark == '+' ? 3 : 2));
        while (true) {
            skipBlanks();
            if (position >= source.length()) {
                throw error("a tag is not closed");
            }
            boolean marked = "-+".indexOf(source.charAt(position)) >= 0 && source.startsWith(closing, position + 1);
            // why: "}}" may also be the ends of two dictionaries; the parser of those has taken its braces already
            if (marked || (source.startsWith(closing, position) && !insideBraces())) {
                trimAll = marked && source.charAt(position) == '-';
                trimLine = end == Kind.BLOCK_END && !(marked && source.charAt(position) == '+');
                advanceTo(position + (marked ? 3 : 2));
                add(end, "");
                return;
            }
            word();
        }
    }

    /** Whether a brace is open since the tag began. */
    private boolean insideBraces() {
        int open = 0;
        for (int i = tokens.size() - 1; i >= 0; i--) {
            Token token = tokens.get(i);
            if (token.kind() == Kind.OUTPUT_START || token.kind() == Kind.BLOCK_START) {
                break;
            }
            if (token.kind() == Kind.OPERATOR) {
                open += token.text().equals("{") ? 1 : token.text().equals("}") ? -1 : 0;
            }
        }
        return open > 0;
    }

    private void word() {
        char c = source.charAt(position);
        if (c == '"' || c == '\'') {
            string(c);
        } else if (c >= '0' && c <= '9') {
            number();
        } else if (Character.isJavaIdentifierStart(c) && c != '$') {
            int end = position;
            while (end < source.length() && Character.isJavaIdentifierPart(source.charAt(end))) {
                end++;
            }
            add(Kind.NAME, source.substring(position, end));
            advanceTo(end);
        } else {
            String operator = OPERATORS.stream().filter(o -> source.startsWith(o, position)).findFirst()
                    .orElseThrow(() -> error("the character '" + c + "' has no meaning here"));
            add(Kind.OPERATOR, operator);
            advanceTo(position + operator.length());
        }
    }

    private void number() {
        int end = position;
        while (end < source.length() && Character.isDigit(source.charAt(end))) {
            end++;
        }
        boolean decimal = end + 1 < source.length() && source.charAt(end) == '.'
                && Character.isDigit(source.charAt(end + 1));
        if (decimal) {
            end++;
            while (end < source.length() && Character.isDigit(source.charAt(end))) {
                end++;
            }
        }
        if (end - position > 18) {
            throw error("a number is too long");
        }
        add(decimal ? Kind.DECIMAL : Kind.INTEGER, source.substring(position, end));
        advanceTo(end);
    }

    private void string(char quote) {
        StringBuilder text = new StringBuilder();
        int i = position + 1;
        while (true) {
            if (i >= source.length()) {
                throw error("a string is not closed");
            }
            char c = source.charAt(i++);
            if (c == quote) {
                break;
            }
            if (c != '\\') {
                text.append(c);
                continue;
            }
            if (i >= source.length()) {
                throw error("a string is not closed");
            }
            char escaped = source.charAt(i++);
            switch (escaped) {
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case 'r' -> text.append('\r');
                case '\\', '\'', '"' -> text.append(escaped);
                case 'u', 'x' -> {
                    int digits = escaped == 'u' ? 4 : 2;
                    text.append(hexadecimal(i, digits));
                    i += digits;
                }
                default -> text.append('\\').append(escaped);
            }
        }
        add(Kind.STRING, text.toString());
        advanceTo(i);
    }

    private char hexadecimal(int start, int digits) {
        try {
            return (char) Integer.parseInt(source, start, Math.min(start + digits, source.length()), 16);
        } catch (NumberFormatException e) {
            throw error("an escape in a string is no hexadecimal number");
        }
    }

    private void skipBlanks() {
        int end = position;
        while (end < source.length() && Character.isWhitespace(source.charAt(end))) {
            end++;
        }
        advanceTo(end);
    }

    private void advanceTo(int end) {
        for (int i = position; i < end; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
        position = end;
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line));
    }

    private TemplateException error(String reason) {
        return new TemplateException("line " + line + ": " + reason);
    }
}
