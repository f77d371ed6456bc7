package dev.rbees.pool.command;

import java.util.List;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.ArgumentSpec;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.pool.shell.Console;
import dev.rbees.pool.shell.ShellCommand;

/** {@code worker stop}. */
final class WorkerStopCommand implements ShellCommand {

    static final CommandSpec SPEC = new CommandSpec("worker stop", "Stop a worker process; its log stays",
            List.of(ArgumentSpec.required("id", "a worker's id, as 'worker list' shows it")), List.of(),
            List.of("rbees-pool worker stop worker-cpu-x7k2p9"));

    private final WorkerFleet fleet;
    private final Console console;

    WorkerStopCommand(WorkerFleet fleet, Console console) {
        this.fleet = fleet;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return SPEC;
    }

    @Override
    public int run(CommandLine line) {
        String id = line.argument(0);
        fleet.stop(id);
        console.say("stopped " + id);
        return ExitCode.OK.code();
    }
}
