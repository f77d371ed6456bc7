package dev.rbees.remote;

import java.util.ArrayList;
import java.util.List;

/**
 * A program of rbees to run on another machine.
 *
 * @param program its name; looked for in PATH, then where rbees installs itself
 * @param arguments any text without NUL
 */
public record RemoteCommand(String program, List<String> arguments) {

    /** The exit status when the program is not found. */
    public static final int NOT_FOUND = 127;

    /** Where the program is looked for after PATH, below the user's home. */
    public static final String INSTALLED = ".local/share/rbees/current/bin";

    /**
     * The program runs with no input of its own. The channel's input is the lease: when it ends, because the link is gone or
     * we are, the program is asked to end, and ten seconds later made to. Workers that it has started are in sessions of
     * their own and go on.
     *
     * <p>why: one line without single quotes, because the login shell reads it before sh does, whichever shell that is.
     */
    private static final String WRAPPER = String.join(" ",
            "exec 3<&0 </dev/null;",
            "p=$(command -v \"$0\") || p=\"$HOME/" + INSTALLED + "/$0\";",
            "[ -x \"$p\" ] || exit " + NOT_FOUND + ";",
            "\"$p\" \"$@\" 3<&- &",
            "c=$!;",
            "{ while read -r x; do :; done; kill -TERM $c; sleep 10; kill -KILL $c; } <&3 >/dev/null 2>&1 &",
            "w=$!;",
            "exec 3<&-;",
            "wait $c; s=$?;",
            "kill $w 2>/dev/null;",
            "exit $s");

    public RemoteCommand {
        arguments = List.copyOf(arguments);
    }

    /** rbees-pool with these arguments. */
    public static RemoteCommand pool(List<String> arguments) {
        return new RemoteCommand("rbees-pool", arguments);
    }

    /** The line for the login shell of the other machine. */
    String line() {
        List<String> words = new ArrayList<>(List.of(WRAPPER, program));
        words.addAll(arguments);
        return "sh -c " + ShellQuote.join(words);
    }
}
