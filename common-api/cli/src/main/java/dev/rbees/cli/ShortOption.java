package dev.rbees.cli;

import java.util.function.Predicate;

/** The few options of one letter that people try without asking: {@code -h}, {@code -o}, {@code -m} for a model and {@code -f} to follow. */
public final class ShortOption {

    private static final String OUTPUT = "-o";
    private static final String MODEL = "-m";

    private ShortOption() {}

    /**
     * The long form of a word that is a short option; any other word as it is.
     *
     * @param known whether there is an option of this long name, without the dashes
     */
    public static String expand(String word, Predicate<String> known) {
        if (word.equals("-h")) {
            return "--help";
        }
        if (word.equals("-f") && known.test("follow")) {
            return "--follow";
        }
        if (word.startsWith(OUTPUT)) {
            return expanded("--output", word);
        }
        return word.startsWith(MODEL) && known.test("model") ? expanded("--model", word) : word;
    }

    /** What the help says of the short form of an option, if its description does not say it already. */
    static String hint(String name) {
        return name.equals("model") ? " (or " + MODEL + ")" : "";
    }

    private static String expanded(String option, String word) {
        String value = word.substring(OUTPUT.length());
        return value.isEmpty() ? option : option + "=" + (value.startsWith("=") ? value.substring(1) : value);
    }
}
