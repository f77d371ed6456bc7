package dev.rbees.remote;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;

/**
 * A line of an SSH configuration, split as OpenSSH does it: a keyword, one {@code =} or blanks, and words that may stand in
 * quotes.
 *
 * @param file it stands in
 * @param number of the line in the file, from 1
 * @param keyword in lower case
 * @param words behind it
 * @param unclosed whether a quote was not closed; the last word then reaches to the end of the line
 */
record SshConfigLine(Path file, int number, String keyword, List<String> words, boolean unclosed) {

    /** Reads a line; empty for a comment or nothing. */
    static Optional<SshConfigLine> parse(Path file, int number, String text) {
        String line = text.strip();
        if (line.isEmpty() || line.startsWith("#")) {
            return Optional.empty();
        }
        int end = 0;
        while (end < line.length() && !isBlank(line.charAt(end)) && line.charAt(end) != '=') {
            end++;
        }
        int from = end;
        while (from < line.length() && isBlank(line.charAt(from))) {
            from++;
        }
        if (from < line.length() && line.charAt(from) == '=') {
            from++;
        }
        String keyword = line.substring(0, end).replace("\"", "").toLowerCase(Locale.ROOT);
        List<String> words = new ArrayList<>();
        boolean unclosed = split(line.substring(from), words);
        return Optional.of(new SshConfigLine(file, number, keyword, List.copyOf(words), unclosed));
    }

    /** Splits into words; a {@code #} that begins one begins a comment. */
    private static boolean split(String text, List<String> words) {
        StringBuilder word = new StringBuilder();
        boolean isWord = false;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
            if (c == '\\' && (next == '\'' || next == '"' || next == '\\' || (quote == 0 && next == ' '))) {
                word.append(next);
                isWord = true;
                i++;
            } else if (quote == 0 && isBlank(c)) {
                if (isWord) {
                    words.add(word.toString());
                }
                word.setLength(0);
                isWord = false;
            } else if (quote == 0 && !isWord && c == '#') {
                return false;
            } else if (quote == 0 && (c == '"' || c == '\'')) {
                quote = c;
                isWord = true;
            } else if (c == quote) {
                quote = 0;
            } else {
                word.append(c);
                isWord = true;
            }
        }
        if (isWord) {
            words.add(word.toString());
        }
        return quote != 0;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r' || c == '\f';
    }

    /** The first word, or a refusal when there is none. */
    String word() {
        if (words.isEmpty() || words.getFirst().isEmpty()) {
            throw wrong("says nothing after " + keyword);
        }
        return words.getFirst();
    }

    /** What is wrong with the line, for the hosts that it concerns. */
    RbeesException wrong(String what) {
        return RbeesException.invalid("ssh_config", "ssh-config",
                "the SSH configuration " + file + " line " + number + " " + what);
    }
}
