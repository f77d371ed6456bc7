package dev.rbees.shell;

import java.util.List;

/**
 * The commands of a program.
 *
 * @param summary what the program does, in one line
 * @param commands in the order of the help
 */
public record CommandSet(String summary, List<ShellCommand> commands) {

    public CommandSet {
        commands = List.copyOf(commands);
    }
}
