package dev.rbees.orchestrator.store;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.TaskStore.LogSummary;

/** Where the event logs of tasks lie. */
interface EventLogs extends AutoCloseable {

    /** As {@link TaskStore#append}. */
    boolean append(String task, LoggedEvent event, Runnable written);

    /** Part of the transaction that ends the task: after it, its whole log is in the database. What can be is done before. */
    Work ending(String task, List<LoggedEvent> whole);

    /** As {@link TaskStore#events}. Before the first {@link #append} that is all that was ever written. */
    List<LoggedEvent> read(String task, long after, int limit);

    /** Waits until {@link #read} can tell all that a former process has written; may take long. */
    default void awaitFolded() {
        // it can at once
    }

    /** As {@link TaskStore#lastEvent}. */
    long last(String task);

    /** As {@link TaskStore#summary}. */
    LogSummary summary(String task);

    /** Part of the transaction that forgets tasks which have ended. */
    void forget(Statements statements, List<EndedTask> tasks) throws SQLException;

    /** Lets go of what was appended for tasks that have ended; completes when no file has it any more. */
    CompletableFuture<Void> scrub();

    /** Why no event can be written at present, if so. */
    @Nullable
    RbeesException trouble();

    /** Writes what was handed in. Before the writer of the database is closed. */
    @Override
    void close();
}
