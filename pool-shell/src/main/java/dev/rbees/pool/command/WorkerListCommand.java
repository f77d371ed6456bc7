package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.pool.render.OutputFormat;
import dev.rbees.pool.shell.Console;
import dev.rbees.pool.shell.ShellCommand;

/** {@code worker list}. */
final class WorkerListCommand implements ShellCommand {

    static final CommandSpec SPEC = new CommandSpec("worker list", "List the worker processes of this machine", List.of(),
            List.of(OutputFormat.OPTION), List.of("rbees-pool worker list"));

    private final WorkerFleet fleet;
    private final Console console;

    WorkerListCommand(WorkerFleet fleet, Console console) {
        this.fleet = fleet;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return SPEC;
    }

    @Override
    public int run(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<WorkerProcess> workers = fleet.list();
        WorkerListing.WORKERS.print(console.out(), format, workers);
        if (workers.isEmpty()) {
            console.say("No workers running.");
        }
        return ExitCode.OK.code();
    }
}
