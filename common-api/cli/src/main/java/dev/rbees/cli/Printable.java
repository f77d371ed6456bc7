package dev.rbees.cli;

/** Texts of others, made harmless for a terminal: no escape sequences, no control characters. */
public final class Printable {

    private static final int LONGEST_NAME = 80;
    /** Of a message that quotes others: its beginning and its end. */
    private static final int BEGINNING = 300;
    private static final int END = 200;

    private Printable() {}

    /** A name or a word, on one line and cut when very long. */
    public static String text(String foreign) {
        String line = line(foreign);
        return line.length() <= LONGEST_NAME ? line : line.substring(0, LONGEST_NAME) + "…";
    }

    /** A message, on one line whatever its length. */
    public static String line(String foreign) {
        return keepLines(foreign).replace('\n', ' ').replace('\t', ' ');
    }

    /** A message that quotes others, on one line; of a very long one the middle is left out, because advice stands at the end. */
    public static String message(String foreign) {
        String line = line(foreign);
        return line.length() <= BEGINNING + END
                ? line
                : line.substring(0, BEGINNING) + " … " + line.substring(line.length() - END);
    }

    /** A longer text such as a model's answer: line breaks and tabs stay, other control characters go. */
    public static String keepLines(String foreign) {
        StringBuilder clean = new StringBuilder(foreign.length());
        foreign.codePoints().filter(Printable::harmless).forEach(clean::appendCodePoint);
        return clean.toString();
    }

    private static boolean harmless(int c) {
        if (c == '\n' || c == '\t') {
            return true;
        }
        boolean reordersText = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
        return !Character.isISOControl(c) && !reordersText;
    }
}
