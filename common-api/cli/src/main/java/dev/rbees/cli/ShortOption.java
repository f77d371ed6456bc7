package dev.rbees.cli;

/** The few options of one letter that people try without asking: {@code -h} and {@code -o}. */
public final class ShortOption {

    private static final String OUTPUT = "-o";

    private ShortOption() {}

    /** The long form of a word that is a short option; any other word as it is. */
    public static String expand(String word) {
        if (word.equals("-h")) {
            return "--help";
        }
        if (!word.startsWith(OUTPUT)) {
            return word;
        }
        String value = word.substring(OUTPUT.length());
        return value.isEmpty() ? "--output" : "--output=" + (value.startsWith("=") ? value.substring(1) : value);
    }
}
