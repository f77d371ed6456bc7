package dev.rbees.shell.render;

import java.io.PrintStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A help page: on a terminal, descriptions go on below their beginning instead of being folded in the middle of a word. */
public final class Page {

    private static final Pattern DESCRIBED = Pattern.compile("( +\\S+(?: \\S+)* {2,})(\\S.*)");
    /** Where fewer characters than this are left for descriptions, the terminal may fold them. */
    private static final int NARROWEST = 20;

    private Page() {}

    /** Prints a page whose lines may be long. */
    public static void print(PrintStream out, String page) {
        int columns = TerminalStream.columns(out);
        out.print(page.lines().map(line -> fitted(line, columns)).collect(Collectors.joining("\n", "", "\n")));
        out.flush();
    }

    private static String fitted(String line, int columns) {
        Matcher described = DESCRIBED.matcher(line);
        if (line.length() <= columns || !described.matches() || columns - described.end(1) < NARROWEST) {
            return line;
        }
        int indent = described.end(1);
        StringBuilder text = new StringBuilder(described.group(1));
        int length = indent;
        for (String word : described.group(2).split(" ", -1)) {
            if (length > indent && length + 1 + word.length() > columns) {
                text.append('\n').repeat(' ', indent);
                length = indent;
            }
            text.append(length > indent ? " " : "").append(word);
            length += (length > indent ? 1 : 0) + word.length();
        }
        return text.toString();
    }
}
