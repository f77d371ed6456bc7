package dev.rbees.shell;

import java.util.ArrayList;
import java.util.List;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.Program;

/** The commands of a program together with those that every program has, ready to run. */
final class Shell {

    private final Program program;
    private final Console console;
    private final CommandTable table;
    private final Dispatcher dispatcher;

    Shell(Program program, CommandSet set, Console console) {
        this.program = program;
        this.console = console;
        List<ShellCommand> commands = new ArrayList<>(set.commands());
        commands.add(new ShellCommand(CompletionCommand.spec(program.name()), this::completion));
        commands.add(new ShellCommand(ScriptCommand.spec(program.name()), new ScriptCommand(console, this::run)::run));
        this.table = new CommandTable(commands.stream().map(GlobalOptions::on).toList());
        this.dispatcher = new Dispatcher(program, set.summary(), table, console);
    }

    private int run(List<String> words) {
        return dispatcher.run(words);
    }

    private int completion(CommandLine line) {
        return new CompletionCommand(program.name(), table, console).run(line);
    }

    /** The commands, in the order of the help. */
    CommandTable table() {
        return table;
    }

    /** Runs them. */
    Dispatcher dispatcher() {
        return dispatcher;
    }
}
