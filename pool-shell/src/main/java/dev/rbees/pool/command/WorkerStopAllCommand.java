package dev.rbees.pool.command;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.CommandSpec;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.Console;
import dev.rbees.shell.ShellCommand;
import dev.rbees.shell.pool.PoolSpecs;

/** {@code worker stop-all}. */
final class WorkerStopAllCommand implements ShellCommand {

    private final WorkerFleet fleet;
    private final Console console;

    WorkerStopAllCommand(WorkerFleet fleet, Console console) {
        this.fleet = fleet;
        this.console = console;
    }

    @Override
    public CommandSpec spec() {
        return PoolSpecs.WORKER_STOP_ALL;
    }

    @Override
    public int run(CommandLine line) {
        List<String> ids = fleet.list().stream().map(WorkerProcess::workerId).toList();
        if (ids.isEmpty()) {
            console.say("No workers running.");
            return ExitCode.OK.code();
        }
        if (!line.flag("yes") && console.canAsk() && !console.confirms("Stop " + String.join(", ", ids) + "?")) {
            console.say("nothing was stopped");
            return ExitCode.FAILED.code();
        }
        List<Future<Boolean>> stops;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            stops = ids.stream().map(id -> threads.submit(() -> stop(id))).toList();
        }
        return stops.stream().allMatch(Future::resultNow) ? ExitCode.OK.code() : ExitCode.FAILED.code();
    }

    private boolean stop(String id) {
        try {
            fleet.stop(id);
            console.say("stopped " + id);
            return true;
        } catch (RbeesException e) {
            console.say("error: " + e.userMessage());
            return false;
        }
    }
}
