package dev.rbees.shell;

import java.util.ArrayList;
import java.util.List;

import dev.rbees.cli.UsageException;

/**
 * Splits a typed line into words as a POSIX shell does it without expansions: blanks separate, single quotes keep
 * everything, double quotes keep all but a backslash before a quote or a backslash, a backslash keeps the next character; a word that begins with # begins a comment.
 */
final class LineSplitter {

    private static final char NONE = 0;

    private LineSplitter() {}

    /** @throws UsageException when a quote is not closed or nothing follows a backslash */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = NONE;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == NONE && Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                }
                inWord = false;
                continue;
            }
            if (quote == NONE && !inWord && c == '#') {
                break;
            }
            inWord = true;
            if (c == '\\' && escapes(line, i, quote)) {
                word.append(line.charAt(++i));
            } else if (quote == NONE && (c == '\'' || c == '"')) {
                quote = c;
            } else if (c == quote) {
                quote = NONE;
            } else {
                word.append(c);
            }
        }
        if (quote != NONE) {
            throw new UsageException("a quote (" + quote + ") is not closed");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }

    /** Whether the backslash at this place gives its meaning to the next character. */
    private static boolean escapes(String line, int at, char quote) {
        if (quote == '\'') {
            return false;
        }
        if (at + 1 >= line.length()) {
            throw new UsageException("nothing follows the backslash at the end of the line");
        }
        char next = line.charAt(at + 1);
        return quote == NONE || next == '"' || next == '\\';
    }
}
