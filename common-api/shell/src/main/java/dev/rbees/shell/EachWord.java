package dev.rbees.shell;

import java.util.List;
import java.util.function.ToIntFunction;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.GravestExit;
import dev.rbees.cli.Printable;
import dev.rbees.cli.UsageException;

/** A command that is given several ids: what fails for one is told, and the others are done all the same. */
public final class EachWord {

    private EachWord() {}

    /**
     * Does the work for each word in order. With a single word, a failure is that of the command.
     *
     * @param work gives an exit code
     * @return the gravest exit code
     */
    public static int of(List<String> words, Console console, ToIntFunction<String> work) {
        if (words.size() == 1) {
            return work.applyAsInt(words.getFirst());
        }
        int gravest = ExitCode.OK.code();
        for (String word : words) {
            gravest = GravestExit.of(gravest, told(word, console, work));
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
        }
        return gravest;
    }

    private static int told(String word, Console console, ToIntFunction<String> work) {
        try {
            return work.applyAsInt(word);
        } catch (UsageException e) {
            console.say("error: " + Printable.text(word) + ": " + e.userMessage());
            return ExitCode.USAGE.code();
        } catch (RbeesException e) {
            console.say("error: " + Printable.text(word) + ": " + Printable.line(e.userMessage()));
            return e.code().exitCode().code();
        }
    }
}
