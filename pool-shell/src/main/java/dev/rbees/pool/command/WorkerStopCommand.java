package dev.rbees.pool.command;

import dev.rbees.api.error.ExitCode;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;

/** {@code worker stop}. */
final class WorkerStopCommand implements ShellCommand {

    private final WorkerFleet fleet;
    private final Console console;

    WorkerStopCommand(WorkerFleet fleet, Console console) {
        this.fleet = fleet;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return PoolSpecs.WORKER_STOP;
    }

    @Override
    public int run(CommandLine line) {
        String id = line.argument(0);
        fleet.stop(id);
        console.say("stopped " + id);
        return ExitCode.OK.code();
    }
}
