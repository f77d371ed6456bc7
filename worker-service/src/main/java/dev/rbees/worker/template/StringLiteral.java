package dev.rbees.worker.template;

/** The escapes in strings of templates, which are Python's. */
final class StringLiteral {

    private final String source;
    private final StringBuilder text = new StringBuilder();
    private int position;

    private StringLiteral(String source) {
        this.source = source;
    }

    /**
     * @param source what stands between the quotes
     * @throws TemplateException when an escape has no meaning
     */
    static String decode(String source) {
        if (source.indexOf('\\') < 0) {
            return source;
        }
        StringLiteral literal = new StringLiteral(source);
        while (literal.position < source.length()) {
            char c = source.charAt(literal.position++);
            if (c == '\\') {
                literal.escape();
            } else {
                literal.text.append(c);
            }
        }
        return literal.text.toString();
    }

    private void escape() {
        char c = source.charAt(position++);
        switch (c) {
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'a' -> text.append('\u0007');
            case 'v' -> text.append('\u000b');
            case '\\', '\'', '"' -> text.append(c);
            case '\n' -> {
                // the line goes on
            }
            case 'x' -> number(2, 16);
            case 'u' -> number(4, 16);
            case 'U' -> number(8, 16);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal();
            case 'N' -> throw new TemplateException("characters by name are not supported in a string");
            default -> text.append('\\').append(c);
        }
    }

    private void octal() {
        position--;
        int digits = 1;
        while (digits < 3 && position + digits < source.length()
                && Character.digit(source.charAt(position + digits), 8) >= 0) {
            digits++;
        }
        number(digits, 8);
    }

    private void number(int digits, int radix) {
        int code = 0;
        for (int i = 0; i < digits; i++) {
            int digit = position < source.length() ? Character.digit(source.charAt(position++), radix) : -1;
            code = digit < 0 || code > Character.MAX_CODE_POINT ? Integer.MAX_VALUE : code * radix + digit;
        }
        if (!Character.isValidCodePoint(code)) {
            throw new TemplateException("an escape in a string is no character's number");
        }
        text.appendCodePoint(code);
    }
}
