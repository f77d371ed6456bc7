package dev.rbees.ctl.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.task.TaskState;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;

/** {@code jobs cancel}. */
final class JobsCancelCommand implements ShellCommand {

    private static final CommandSpec SPEC = new CommandSpec("jobs cancel",
            "End a task; one that has ended already stays as it is",
            List.of(ArgumentSpec.required("id", "a task's id, as 'jobs list' shows it")), List.of(Orchestrators.OPTION),
            List.of("rbees jobs cancel 0c5e8c1e-3f5a-4b5e-9a55-0a3c2f1d7b11"));

    private final Console console;

    JobsCancelCommand(Console console) {
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return SPEC;
    }

    @Override
    public int run(CommandLine line) {
        TaskState state = Orchestrators.of(line, console.environment()).cancel(line.argument(0)).status();
        console.say(state.terminal() && state != TaskState.CANCELLED
                ? line.argument(0) + " had ended already: " + state
                : "cancelled " + line.argument(0));
        return ExitCode.OK.code();
    }
}
