package dev.rbees.shell;

import java.util.ArrayList;
import java.util.List;

import dev.rbees.cli.Program;

/**
 * The commands of a program together with those that every program has, ready to run.
 *
 * @param table the commands, in the order of the help
 * @param dispatcher runs them
 */
record Shell(CommandTable table, Dispatcher dispatcher) {

    static Shell of(Program program, CommandSet set, Console console) {
        List<ShellCommand> commands = new ArrayList<>(set.commands());
        CommandTable table = new CommandTable(commands.stream().map(GlobalOptions::on).toList());
        return new Shell(table, new Dispatcher(program, set.summary(), table, console));
    }
}
