package dev.rbees.remote;

import java.util.List;
import java.util.stream.Collectors;

/** The one function that puts foreign text into a shell's command line. */
public final class ShellQuote {

    private ShellQuote() {}

    /**
     * A word that any POSIX shell reads as exactly this text: in single quotes nothing has a meaning but the single quote,
     * and that is written outside of them.
     *
     * @throws IllegalArgumentException when the text holds a NUL, which no argument can
     */
    public static String quote(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an argument cannot hold a NUL");
        }
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** Several words, separated by blanks. */
    public static String join(List<String> words) {
        return words.stream().map(ShellQuote::quote).collect(Collectors.joining(" "));
    }
}
