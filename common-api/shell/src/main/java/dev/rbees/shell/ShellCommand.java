package dev.rbees.shell;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;

/**
 * A command of a CLI.
 *
 * @param spec what it is called and what it takes
 * @param work what it does
 */
public record ShellCommand(CommandSpec spec, Work work) {

    /** What a command does, on the thread of the program. */
    @FunctionalInterface
    public interface Work {

        /**
         * Does it.
         *
         * @param line the words after the command's name, parsed and complete
         * @return the exit code
         * @throws dev.rbees.api.error.RbeesException when it fails
         * @throws dev.rbees.cli.UsageException when a value on the command line is wrong
         */
        int run(CommandLine line);
    }

    /** The same command, which does something else first, such as a check that may refuse it. */
    public ShellCommand after(Runnable first) {
        return new ShellCommand(spec, line -> {
            first.run();
            return work.run(line);
        });
    }
}
