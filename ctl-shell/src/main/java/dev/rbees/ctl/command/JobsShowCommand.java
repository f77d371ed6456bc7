package dev.rbees.ctl.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.task.TaskView;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.Printable;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.render.OutputFormat;

/** {@code jobs show}. */
final class JobsShowCommand implements ShellCommand {

    private static final CommandSpec SPEC = new CommandSpec("jobs show", "Show a task's record",
            List.of(ArgumentSpec.required("id", "a task's id, as 'jobs list' shows it")),
            List.of(Orchestrators.OPTION, OutputFormat.OPTION),
            List.of("rbees jobs show 0c5e8c1e-3f5a-4b5e-9a55-0a3c2f1d7b11 --output yaml"));

    private final Console console;

    JobsShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return SPEC;
    }

    @Override
    public int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        TaskView task = Orchestrators.of(line, console.environment()).show(line.argument(0));
        TaskListing.TASKS.printOne(console.out(), format, task);
        if (format == OutputFormat.TABLE && !task.attempts().isEmpty()) {
            console.out().println();
            TaskListing.ATTEMPTS.print(console.out(), format, task.attempts());
        }
        if (format == OutputFormat.TABLE && task.error() != null) {
            console.out().println("\n" + Printable.keepLines(task.error().message()));
        }
        return ExitCode.OK.code();
    }
}
