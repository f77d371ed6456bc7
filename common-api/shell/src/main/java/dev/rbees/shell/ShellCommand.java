package dev.rbees.shell;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;

/** A command of a CLI. */
public interface ShellCommand {

    /** What it is called and what it takes. */
    CommandSpec spec();

    /**
     * Does the work.
     *
     * @param line the words after the command's name, parsed and complete
     * @return the exit code
     * @throws dev.rbees.api.error.RbeesException when it fails
     * @throws dev.rbees.cli.UsageException when a value on the command line is wrong
     */
    int run(CommandLine line);
}
