package dev.rbees.remote;

import java.util.List;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;

/**
 * A program of rbees to run on another machine.
 *
 * @param program its name; looked for in {@code path}, then in PATH, then where rbees installs itself
 * @param arguments any text without NUL
 * @param path a folder of the other machine that holds the program; {@code ~/} stands for the user's home there
 */
public record RemoteCommand(String program, List<String> arguments, Optional<String> path) {

    /** The exit status when the program is not found. */
    public static final int NOT_FOUND = 127;

    /** Where the program is looked for last, below the user's home. */
    public static final String INSTALLED = ".local/share/rbees/current/bin";

    /** Finds the program {@code $n}, first in the folder {@code $d}. */
    private static final String FIND = """
                                       case $d in "~/"*) d="${HOME-}/${d#"~/"}";; esac
                                       if [ -n "$d" ] && [ -x "$d/$n" ]; then p="$d/$n"
                                       elif p=$(command -v "$n") && [ -x "$p" ]; then :
                                       else p="${HOME-}/%s/$n"; fi
                                       if [ ! -x "$p" ]; then rbees_say %s; exit %d; fi
                                       """.formatted(INSTALLED, StartMarker.ABSENT, NOT_FOUND);

    /** The program has the rest of the standard input away from it: it gets none, or the one line that was read before. */
    private static final String NO_INPUT = "exec 3<&0 </dev/null\n";
    private static final String ONE_LINE = NO_INPUT
            + """
              IFS= read -r l <&3 || exit 1
              printf "%s\\n" "$l" |\
              """;

    /**
     * The channel's input is the lease: when it ends, because the link is gone or we are, the program is asked to end, and
     * ten seconds later made to. Workers that it has started are in sessions of their own and go on.
     */
    private static final String RUN = """
                                      { rbees_say %s; exec "$p" "$@"; } 3<&- &
                                      c=$!
                                      l=
                                      { while read -r x; do :; done; kill -TERM $c; sleep 10; kill -KILL $c; } \
                                      <&3 >/dev/null 2>&1 &
                                      w=$!
                                      exec 3<&-
                                      wait $c; s=$?
                                      kill $w 2>/dev/null
                                      exit $s""".formatted(StartMarker.STARTS);

    /** @throws RbeesException INVALID_REQUEST when a word holds a NUL, which no argument can */
    public RemoteCommand {
        arguments = List.copyOf(arguments);
        if (arguments.stream().anyMatch(word -> word.indexOf('\0') >= 0)
                || path.filter(p -> p.indexOf('\0') >= 0).isPresent()) {
            throw RbeesException.invalid("arguments", "no-nul", "an argument cannot hold a NUL character");
        }
    }

    /** rbees-pool with these arguments. */
    public static RemoteCommand pool(List<String> words) {
        return pool(words, Optional.empty());
    }

    /** @param path the folder of that machine in which rbees-pool is looked for first */
    public static RemoteCommand pool(List<String> words, Optional<String> path) {
        return new RemoteCommand("rbees-pool", words, path);
    }

    /** The script that finds and runs the program; the marker is printed by the process that then becomes the program. */
    RemoteRun.Job job(boolean firstLine) {
        StartMarker marker = StartMarker.random();
        String script = String.join("\n", marker.definition(),
                "n=" + ShellQuote.quote(program) + " d=" + ShellQuote.quote(path.orElse("")),
                "set -- " + ShellQuote.join(arguments), FIND) + (firstLine ? ONE_LINE : NO_INPUT) + RUN;
        return new RemoteRun.Job(program, script, marker);
    }
}
