package dev.rbees.pool.command;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.cli.Printable;
import dev.rbees.pool.model.ModelStore;
import dev.rbees.pool.process.SpawnProgress;
import dev.rbees.pool.process.SpawnRequest;
import dev.rbees.pool.process.WorkerSpawner;
import dev.rbees.shell.Console;
import dev.rbees.shell.Farewell;
import dev.rbees.shell.render.StatusLine;

/** Starts workers and tells people how far that is. */
record WorkerStarts(ModelStore models, WorkerSpawner spawner, Console console) {

    /** A new worker, when it is ready. */
    WorkerProcess fresh(SpawnRequest wanted, ModelEntry model) {
        List<ModelEntry> others = models.known().stream().filter(other -> !other.id().equals(model.id())).toList();
        return told(progress -> spawner.spawn(wanted, model, others, progress));
    }

    /** A worker that has ended, when it is ready again. */
    WorkerProcess again(String id) {
        return told(progress -> spawner.startAgain(id, progress));
    }

    /** A worker that runs, when it is ready. */
    WorkerProcess ready(String id) {
        return told(progress -> spawner.awaitReady(id, progress));
    }

    /** The same worker; when it is not registered, that is told. */
    WorkerProcess registered(WorkerProcess worker) {
        WorkerListing.notRegistered(worker).ifPresent(console::say);
        return worker;
    }

    private WorkerProcess told(Function<SpawnProgress, WorkerProcess> start) {
        StatusLine status = new StatusLine(console.err(), console.canRewriteErr());
        AtomicReference<String> loading = new AtomicReference<>("the worker");
        try (Farewell _ = Farewell.saying(console,
                () -> loading.get() + " goes on loading; 'rbees-pool worker list' shows it")) {
            return start.apply((id, phase, percent) -> {
                loading.set(id);
                status.at(id, phase, percent);
            });
        } catch (RbeesException e) {
            status.end();
            WorkerSpawner.logTail(e).forEach(tail -> console.say("  " + Printable.keepLines(tail)));
            throw e;
        } finally {
            status.end();
        }
    }
}
