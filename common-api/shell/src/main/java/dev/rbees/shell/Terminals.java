package dev.rbees.shell;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Which of the three standard streams are terminals.
 *
 * @param in standard input
 * @param out standard output
 * @param err standard error
 */
public record Terminals(boolean in, boolean out, boolean err) {

    /** Scripts and pipes: none of them. */
    public static final Terminals NONE = new Terminals(false, false, false);

    private static final Pattern WIDTH = Pattern.compile("[0-9]{1,5}");

    /** Those of this process. */
    public static Terminals ofProcess() {
        return new Terminals(isTerminal(0), isTerminal(1), isTerminal(2));
    }

    /**
     * How many characters a line of the terminal has: what {@code COLUMNS} says, else what the terminal says.
     *
     * @return 0 when it is not known
     */
    static int columns(Map<String, String> environment) {
        String said = environment.getOrDefault("COLUMNS", "");
        return WIDTH.matcher(said).matches() ? Integer.parseInt(said) : askedTerminal();
    }

    /** why: the JDK cannot ask, and calling the system's own function takes longer than this program. */
    private static int askedTerminal() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            try (BufferedReader answer = stty.inputReader(StandardCharsets.US_ASCII)) {
                String[] rowsAndColumns = Objects.requireNonNullElse(answer.readLine(), "").split(" ", -1);
                return rowsAndColumns.length == 2 && WIDTH.matcher(rowsAndColumns[1]).matches()
                        ? Integer.parseInt(rowsAndColumns[1])
                        : 0;
            }
        } catch (IOException _) {
            return 0;
        }
    }

    /**
     * Whether another process reads what this one writes to standard output, so that a write can only fail when that process
     * has gone. why: the JDK tells the reason of a failure in the words of the system's language.
     */
    static boolean outHasReader() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return target.startsWith("pipe:") || target.startsWith("socket:");
        } catch (IOException | UnsupportedOperationException _) {
            return !Files.isRegularFile(Path.of("/dev/fd/1"));
        }
    }

    /**
     * why: the JDK only tells whether input and output are both terminals, and Linux shows each in /proc. The console of
     * JDK 25 is null again where there is none, unlike that of 22.
     */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException _) {
            return System.console() != null && System.console().isTerminal();
        }
    }
}
