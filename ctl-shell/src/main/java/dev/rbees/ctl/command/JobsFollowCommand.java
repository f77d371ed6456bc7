package dev.rbees.ctl.command;

import java.util.List;

import dev.rbees.api.Ids;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.ctl.client.AnswerPrinter;
import dev.rbees.ctl.client.TaskFollower;
import dev.rbees.shell.Console;
import dev.rbees.shell.Farewell;
import dev.rbees.shell.ShellCommand;

/** {@code jobs follow}. */
final class JobsFollowCommand implements ShellCommand {

    private static final CommandSpec SPEC = new CommandSpec("jobs follow", "Print a task's answer from its beginning",
            List.of(ArgumentSpec.required("id", "a task's id, as 'jobs list' shows it")), List.of(Orchestrators.OPTION),
            List.of("rbees jobs follow 0c5e8c1e-3f5a-4b5e-9a55-0a3c2f1d7b11"));

    private final Console console;

    JobsFollowCommand(Console console) {
        this.console = console;
    }

    /** What to say when the user stops following. */
    static String farewell(String task) {
        return "the task goes on; 'rbees jobs follow " + task + "' shows its answer, 'rbees jobs cancel " + task
                + "' ends it";
    }

    @Override
    public CommandSpec spec() {
        return SPEC;
    }

    @Override
    public int run(CommandLine line) {
        String task = Ids.require("id", line.argument(0));
        AnswerPrinter printer = new AnswerPrinter(console.out(), console::say);
        try (Farewell _ = Farewell.saying(console, () -> farewell(task))) {
            new TaskFollower(Orchestrators.of(line, console.environment()), printer).follow(task);
        }
        return printer.exitCode().code();
    }
}
