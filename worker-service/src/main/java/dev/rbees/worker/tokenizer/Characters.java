package dev.rbees.worker.tokenizer;

/** Kinds of characters as tokenizers know them; all of Unicode's. */
final class Characters {

    private Characters() {}

    /** White space: Unicode's property of that name. */
    static boolean isBlank(int c) {
        return (c >= '\t' && c <= '\r') || c == 0x85
        // of separators Unicode knows no others than white space
                || Character.isSpaceChar(c);
    }

    /** Punctuation, and all of ASCII that is neither letter, digit, blank nor control. */
    static boolean isPunctuation(int c) {
        if (c < 0x80) {
            return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION ->
                true;
            default -> false;
        };
    }

    /** Digits and other characters that stand for numbers. */
    static boolean isNumber(int c) {
        return switch (Character.getType(c)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> false;
        };
    }

    /** Marks that stand above, below or around the character before them. */
    static boolean isMark(int c) {
        return isAccent(c) || Character.getType(c) == Character.COMBINING_SPACING_MARK
                || Character.getType(c) == Character.ENCLOSING_MARK;
    }

    /** Marks that take no room of their own. */
    static boolean isAccent(int c) {
        return Character.getType(c) == Character.NON_SPACING_MARK;
    }

    /** Characters without a shape, other than blanks: controls, format characters, private ones. */
    static boolean isControl(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL -> c != '\t' && c != '\n' && c != '\r';
            case Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
            default -> false;
        };
    }

    /** The ideographs that BERT takes for words of their own. */
    static boolean isIdeograph(int c) {
        return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x20000 && c <= 0x2A6DF)
                || (c >= 0x2A700 && c <= 0x2B73F) || (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF)
                || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
    }

    /** What belongs to a word: letters, marks, digits, and what joins them. */
    static boolean isWord(int c) {
        return Character.isAlphabetic(c) || isMark(c) || Character.isDigit(c)
                || Character.getType(c) == Character.CONNECTOR_PUNCTUATION || c == 0x200C || c == 0x200D;
    }
}
