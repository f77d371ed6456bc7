package dev.rbees.orchestrator.store;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.pool.PoolStore;
import dev.rbees.orchestrator.session.SessionStore;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.tenant.TenantStore;
import dev.rbees.orchestrator.worker.ModelStore;

/**
 * The durable record. Writes return at once and happen in the order of the calls; what is written is made into text on the calling
 * thread. A write that fails because the storage is in trouble is tried again until it succeeds, except {@link #insert}, which
 * fails. Reads block and must not be called from an event loop; each gives a bounded amount, so that whoever walks the record needs
 * bounded memory. Any thread.
 *
 * <p>
 * Futures complete, and callbacks run, on the thread that writes, which must not be held up.
 */
public interface TaskStore extends SessionStore, TenantStore, ModelStore, PoolStore, AutoCloseable {

    /**
     * A task to be accepted.
     *
     * @param task the record
     * @param request what the worker is to be asked, in plain text
     * @param requestDigest hex SHA-256 of what the client sent; kept under a key, and only where there is an idempotency key
     * @param idempotencyKey the client's name for this request, null for none
     */
    record NewTask(Task task, String request, String requestDigest, @Nullable String idempotencyKey) {}

    /** What became of an insertion. */
    sealed interface Insertion {
        /**
         * The task is durable.
         *
         * @param number its place in the order of acceptance, from 1; never given twice
         */
        record Inserted(long number) implements Insertion {}

        /** The key was used before for the same request. */
        record SeenBefore(Task task) implements Insertion {}

        /** The key was used before for another request. */
        record KeyReused() implements Insertion {}
    }

    /**
     * A task that has not ended.
     *
     * @param number its place in the order of acceptance
     * @param task the record
     * @param requestBytes size of what the worker is to be asked, in UTF-8; 0 when that is gone
     */
    record Unfinished(long number, Task task, int requestBytes) {}

    /**
     * What must be known of a log to go on with it.
     *
     * @param last number of the last event, 0 for none
     * @param tokens how many of the events are tokens
     * @param started whether a worker began
     */
    record LogSummary(long last, int tokens, boolean started) {

        /** Of a log without events. */
        public static final LogSummary EMPTY = new LogSummary(0, 0, false);

        /** Of a log that goes on with these events. */
        public LogSummary and(List<LoggedEvent> more) {
            int found = (int) more.stream().filter(LoggedEvent::token).count();
            return new LogSummary(last + more.size(), tokens + found,
                    started || more.stream().anyMatch(LoggedEvent::started));
        }
    }

    /** Fails with STORAGE_UNAVAILABLE when the record cannot be written. */
    CompletableFuture<Insertion> insert(NewTask task);

    /**
     * What {@link #insert} would say of a key that was used before; empty when it was not.
     *
     * @param requestDigest hex SHA-256 of what the client sent
     */
    Optional<Insertion> seenBefore(String idempotencyKey, String requestDigest);

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

    /**
     * Removes a task that has ended, its log and its idempotency key; gives whether there was one. When the future completes, none
     * of its text is left in the files of a record that lies in a file.
     */
    CompletableFuture<Boolean> delete(String id);

    /** @throws RbeesException INTERNAL when the record of the task is damaged */
    Optional<Task> find(String id);

    /**
     * The newest first.
     *
     * @param state null for any
     * @param tenant whose, null for everybody's
     */
    List<Task> list(@Nullable TaskState state, @Nullable String tenant, int limit);

    /** What the worker is to be asked; empty when the task has ended or is unknown, or when that cannot be decrypted any more. */
    Optional<String> request(String task);

    /**
     * The next page of the log of a task, as far as it is in the record: the whole of one that has ended, of others what was there
     * when the record was opened, at least.
     *
     * @param after number of the event before the page, 0 for the first page
     * @param limit at most so many; there may be fewer although more follow
     * @return in order and without gaps; empty when nothing follows
     */
    List<LoggedEvent> events(String task, long after, int limit);

    /** Number of the last event that {@link #events} gives, 0 for none. */
    long lastEvent(String task);

    /** What {@link #events} gives, in short. Reads all of it, a page at a time. */
    LogSummary summary(String task);

    /**
     * Tasks that have not ended, in the order of their acceptance. One whose record is damaged is passed over.
     *
     * @param afterNumber number of the task before the page, 0 for the first page
     * @return empty when nothing follows
     */
    List<Unfinished> unfinished(long afterNumber, int limit);

    /** That task, if it has not ended. */
    Optional<Unfinished> unfinished(String id);

    /** Why nothing can be written at present, if so. */
    Optional<RbeesException> trouble();

    /** Writes what was handed in, then closes. */
    @Override
    void close();
}
