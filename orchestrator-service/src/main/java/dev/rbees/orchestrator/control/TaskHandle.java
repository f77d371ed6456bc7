package dev.rbees.orchestrator.control;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.orchestrator.queue.Ticket;
import dev.rbees.orchestrator.task.Task;

/**
 * A task that has not ended, as all but the core see it. Its record, its ticket and its log are for every thread; its attempt is for the
 * thread {@code effects} alone.
 */
final class TaskHandle {

    private volatile Task record;
    private volatile @Nullable Ticket ticket;
    private final @Nullable GenerationRequest request;
    private final @Nullable Executor loop;
    private final Supplier<TaskLog> opener;
    @GuardedBy("this")
    private @Nullable TaskLog log;
    private int attempt;
    private Runnable stop = TaskHandle::nothing;

    private static void nothing() {}

    /**
     * @param request what a worker is asked; null where it has to be read from the record
     * @param loop the event loop on which its answer will most likely be read; null where nobody knows
     * @param opener opens the log when somebody needs it; may block
     */
    TaskHandle(Task record, @Nullable GenerationRequest request, @Nullable Executor loop,
            Supplier<TaskLog> opener) {
        this.record = record;
        this.request = request;
        this.loop = loop;
        this.opener = opener;
    }

    String id() {
        return record.id();
    }

    Task record() {
        return record;
    }

    /** Where it waits; null when it does not. */
    @Nullable
    Ticket ticket() {
        return ticket;
    }

    void publish(Task changed, @Nullable Ticket where) {
        record = changed;
        ticket = where;
    }

    Optional<GenerationRequest> request() {
        return Optional.ofNullable(request);
    }

    /** Where its answer will most likely be read; null where nobody knows. */
    @Nullable
    Executor loop() {
        return loop;
    }

    /** What happened to it. Reads the record the first time after a restart, so that no event loop may ask. */
    synchronized TaskLog log() {
        TaskLog opened = log;
        if (opened == null) {
            opened = opener.get();
            log = opened;
        }
        return opened;
    }

    /** Whether somebody reads along. Reads nothing: as long as nobody has asked for the log, nobody does. */
    synchronized boolean hasReaders() {
        return log != null && log.hasReaders();
    }

    /** An attempt is under way. */
    void runs(int number, Runnable stopping) {
        attempt = number;
        stop = stopping;
    }

    /** Stops an attempt, if it is the one that is under way. */
    void stop(int number) {
        if (attempt == number) {
            stop();
        }
    }

    /** Stops the attempt that is under way, if there is one. */
    void stop() {
        stop.run();
        stop = TaskHandle::nothing;
    }
}
