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
    /** Brackets that are open in the tag. */
    private int open;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
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
            shown = PythonText.strip(shown, null, true, false);
        } else if (trimLine && shown.startsWith("\n")) {
            shown = shown.substring(1);
        }
        if (nextMark == '-') {
            shown = PythonText.strip(shown, null, false, true);
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
        return wholeLine && text.substring(lineStart).chars().allMatch(PythonText::isSpace) ? text.substring(0, lineStart)
                : text;
    }

    private void comment() {
        int start = position + (marked(position + 2) ? 3 : 2);
        int end = source.indexOf("#}", start);
        if (end < 0) {
            throw error("a comment is not closed");
        }
        trimAll = end > start && source.charAt(end - 1) == '-';
        trimLine = end == start || source.charAt(end - 1) != '+';
        advanceTo(end + 2);
    }

    private void tag(Kind start, Kind end, String closing, char mark) {
        add(start, "");
        open = 0;
        advanceTo(position + (mark == '-' || mark == '+' ? 3 : 2));
        while (true) {
            skipBlanks();
            if (position >= source.length()) {
                throw error("a tag is not closed");
            }
            boolean marked = marked(position) && source.startsWith(closing, position + 1);
            // why: "}}" may also be the ends of two dictionaries
            if (open == 0 && (marked || source.startsWith(closing, position))) {
                trimAll = marked && source.charAt(position) == '-';
                trimLine = end == Kind.BLOCK_END && !(marked && source.charAt(position) == '+');
                advanceTo(position + (marked ? 3 : 2));
                add(end, "");
                return;
            }
            word();
        }
    }

    private boolean marked(int at) {
        return at < source.length() && "-+".indexOf(source.charAt(at)) >= 0;
    }

    private void word() {
        char c = source.charAt(position);
        if (c == '"' || c == '\'') {
            string(c);
        } else if (c >= '0' && c <= '9') {
            number();
        } else if (c == '_' || Character.isLetter(c)) {
            int end = position;
            while (end < source.length() && isPartOfName(source.charAt(end))) {
                end++;
            }
            add(Kind.NAME, source.substring(position, end));
            advanceTo(end);
        } else {
            String operator = operator();
            open += "([{".contains(operator) ? 1 : ")]}".contains(operator) ? -1 : 0;
            add(Kind.OPERATOR, operator);
            advanceTo(position + operator.length());
        }
    }

    private String operator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, position)) {
                return operator;
            }
        }
        throw error("the character '" + source.charAt(position) + "' has no meaning here");
    }

    private static boolean isPartOfName(char c) {
        return c == '_' || Character.isLetterOrDigit(c);
    }

    private void number() {
        int end = digits(position);
        boolean decimal = source.startsWith(".", end) && digits(end + 1) > end + 1;
        if (decimal) {
            end = digits(end + 1);
        }
        int exponent = exponent(end);
        decimal |= exponent > end;
        end = exponent;
        if (end - position > 18) {
            throw error("a number is too long");
        }
        if (end < source.length() && isPartOfName(source.charAt(end))) {
            throw error("a number with letters is not supported");
        }
        add(decimal ? Kind.DECIMAL : Kind.INTEGER, source.substring(position, end));
        advanceTo(end);
    }

    /** Where an exponent ends that begins there; the same place when there is none. */
    private int exponent(int start) {
        if (!source.startsWith("e", start) && !source.startsWith("E", start)) {
            return start;
        }
        int sign = marked(start + 1) ? 2 : 1;
        int end = digits(start + sign);
        return end > start + sign ? end : start;
    }

    /** Where the digits end that begin there. */
    private int digits(int start) {
        int end = start;
        while (end < source.length() && source.charAt(end) >= '0' && source.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private void string(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw error("a string is not closed");
        }
        try {
            add(Kind.STRING, StringLiteral.decode(source.substring(position + 1, end)));
        } catch (TemplateException e) {
            throw error(String.valueOf(e.getMessage()));
        }
        advanceTo(end + 1);
    }

    private void skipBlanks() {
        int end = position;
        while (end < source.length() && PythonText.isSpace(source.charAt(end))) {
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
