package dev.rbees.orchestrator.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.session.SessionStore;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.tenant.TenantStore;
import dev.rbees.orchestrator.worker.ModelStore;

/**
 * The durable record. Writes return at once and happen in the order of the calls; reads block. A write that fails because
 * the storage is in trouble is tried again until it succeeds, except {@link #insert}, which fails.
 */
public interface TaskStore extends SessionStore, TenantStore, ModelStore, AutoCloseable {

    /**
     * A task to be accepted.
     *
     * @param task the record
     * @param request what the worker is to be asked, in plain text
     * @param requestDigest hex SHA-256 of what the client sent
     * @param idempotencyKey the client's name for this request, null for none
     */
    record NewTask(Task task, String request, String requestDigest, @Nullable String idempotencyKey) {}

    /** What became of an insertion. */
    sealed interface Insertion {
        /** The task is durable. */
        record Inserted() implements Insertion {}

        /** The key was used before for the same request. */
        record SeenBefore(Task task) implements Insertion {}

        /** The key was used before for another request. */
        record KeyReused() implements Insertion {}
    }

    /** A task that had not ended, with what the worker is to be asked; empty when that cannot be decrypted any more. */
    record Unfinished(Task task, Optional<String> request, List<LoggedEvent> events) {}

    /** Fails with STORAGE_UNAVAILABLE when the record cannot be written. */
    CompletableFuture<Insertion> insert(NewTask task);

    /** Replaces the record. */
    void update(Task task);

    /**
     * Adds to the event log of a task that has not ended.
     *
     * @param written runs when a death of this process cannot lose the event any more, unless that is so already
     * @return whether it is so already
     * @throws RbeesException STORAGE_UNAVAILABLE when too many events wait to be written; this one is not taken
     */
    boolean append(String task, LoggedEvent event, Runnable written);

    /**
     * Replaces the record and forgets the request.
     *
     * @param log all that happened to the task, also what was appended before; the last event is its end
     * @param durable runs when that is on the disk
     */
    void finish(Task task, List<LoggedEvent> log, Runnable durable);

    /** Forgets tasks that ended before that time, a limited number per call. */
    void purge(Instant endedBefore);

    Optional<Task> find(String id);

    /**
     * The newest first.
     *
     * @param state null for any
     * @param tenant whose, null for everybody's
     */
    List<Task> list(@Nullable TaskState state, @Nullable String tenant, int limit);

    /** The log of a task that has ended. */
    List<LoggedEvent> events(String task);

    /** In the order of their acceptance. */
    void unfinished(Consumer<Unfinished> each);

    /** Why nothing can be written at present, if so. */
    Optional<RbeesException> trouble();

    /** Writes what was handed in, then closes. */
    @Override
    void close();
}
