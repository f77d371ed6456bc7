package dev.rbees.ctl.command;

import java.util.List;
import java.util.Optional;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskView;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.cli.OptionSpec;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.render.OutputFormat;

/** {@code jobs list}. */
final class JobsListCommand implements ShellCommand {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 1000;

    private static final CommandSpec SPEC = new CommandSpec("jobs list", "List the newest tasks", List.of(),
            List.of(OptionSpec.optional("status", "state", "only tasks in this state, such as queued or completed"),
                    OptionSpec.optional("limit", "number", "how many at most (default: " + DEFAULT_LIMIT + ")"),
                    Orchestrators.OPTION, OutputFormat.OPTION),
            List.of("rbees jobs list --status running"));

    private final Console console;

    JobsListCommand(Console console) {
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return SPEC;
    }

    @Override
    public int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        Optional<TaskState> status = line.choice("status", TaskState.class);
        int limit = line.integer("limit", 1, MAX_LIMIT).orElse(DEFAULT_LIMIT);
        List<TaskView> tasks = Orchestrators.of(line, console.environment()).list(status, limit);
        TaskListing.TASKS.print(console.out(), format, tasks);
        if (tasks.isEmpty()) {
            console.say("No tasks.");
        }
        return ExitCode.OK.code();
    }
}
