package dev.rbees.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    /** Those of this process. */
    public static Terminals ofProcess() {
        return new Terminals(isTerminal(0), isTerminal(1), isTerminal(2));
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
