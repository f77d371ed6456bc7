package dev.rbees.pool.command;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.Printable;
import dev.rbees.pool.process.WorkerFleet;
import dev.rbees.shell.Console;
import dev.rbees.shell.render.OutputFormat;

/** {@code worker …}, for workers that were started already. */
record WorkerCommands(WorkerFleet fleet, WorkerStarts starts, Console console) {

    int list(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        List<WorkerProcess> workers = fleet.list();
        WorkerListing.WORKERS.print(console.out(), format, workers);
        if (workers.isEmpty()) {
            console.say("No workers running.");
        }
        return ExitCode.OK.code();
    }

    int show(CommandLine line) {
        WorkerListing.ONE.printDetails(console.out(), OutputFormat.of(line), fleet.details(line.argument(0)));
        return ExitCode.OK.code();
    }

    int logs(CommandLine line) {
        Optional<Integer> lines = line.integer("lines", 0, Integer.MAX_VALUE);
        fleet.log(line.argument(0)).show(lines, line.flag("follow"), text -> {
            console.out().println(Printable.keepLines(text));
            console.out().flush();
        });
        return ExitCode.OK.code();
    }

    int restart(CommandLine line) {
        OutputFormat format = OutputFormat.of(line);
        String id = fleet.id(line.argument(0));
        fleet.end(id);
        WorkerListing.WORKERS.printOne(console.out(), format, starts.registered(starts.again(id)));
        return ExitCode.OK.code();
    }

    int stop(CommandLine line) {
        return stop(line.arguments().stream().map(fleet::id).distinct().toList());
    }

    int stopAll(CommandLine line) {
        List<String> ids = fleet.ids();
        if (ids.isEmpty()) {
            console.say("No workers running.");
            return ExitCode.OK.code();
        }
        if (!line.flag("yes") && console.canAsk() && !console.confirms("Stop " + String.join(", ", ids) + "?")) {
            console.say("nothing was stopped");
            return ExitCode.FAILED.code();
        }
        return stop(ids);
    }

    private int stop(List<String> ids) {
        List<Future<Boolean>> stops;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            stops = ids.stream().map(id -> threads.submit(() -> stopped(id))).toList();
        }
        return stops.stream().allMatch(Future::resultNow) ? ExitCode.OK.code() : ExitCode.FAILED.code();
    }

    private boolean stopped(String id) {
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
