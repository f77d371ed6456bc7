package dev.rbees.shell;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The word by which a program of rbees that runs on another machine is told that what it writes to standard error ends on a
 * terminal here, and how wide that is. It stands before all others, and no help shows it.
 */
public final class RemoteTerminal {

    private static final String WORD = "--remote-terminal=";
    private static final Pattern FORM = Pattern.compile(WORD + "([0-9]{1,5})");

    private RemoteTerminal() {}

    /** @param columns characters of a line; 0 when they are not known */
    public static String word(int columns) {
        return WORD + columns;
    }

    /** The console of a program that was started with these words. */
    static Console console(Console console, List<String> words) {
        Matcher told = FORM.matcher(words.isEmpty() ? "" : words.getFirst());
        return told.matches() ? console.endingOn(Integer.parseInt(told.group(1))) : console;
    }

    /** The words after it. */
    static List<String> others(List<String> words) {
        boolean told = !words.isEmpty() && FORM.matcher(words.getFirst()).matches();
        return told ? words.subList(1, words.size()) : words;
    }
}
