package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;
import dev.rbees.shell.render.OutputFormat;

/** {@code worker list}. */
final class WorkerListCommand implements ShellCommand {

    private final WorkerFleet fleet;
    private final Console console;

    WorkerListCommand(WorkerFleet fleet, Console console) {
        this.fleet = fleet;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return PoolSpecs.WORKER_LIST;
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
