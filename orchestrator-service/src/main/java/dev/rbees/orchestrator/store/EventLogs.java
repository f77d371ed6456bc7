package dev.rbees.orchestrator.store;

import java.sql.SQLException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.events.LoggedEvent;

/** Where the event logs of tasks lie. */
interface EventLogs extends AutoCloseable {

    /** As {@link TaskStore#append}. */
    boolean append(String task, LoggedEvent event, Runnable written);

    /** Part of the transaction that ends the task: after it, its whole log is in the database. */
    void end(Statements statements, String task, List<LoggedEvent> whole) throws SQLException;

    /** What is in the database of the log of a task. Before the first {@link #append} that is all that was ever written. */
    List<LoggedEvent> read(String task);

    /** Waits until {@link #read} can tell all that a former process has written; may take long. */
    default void awaitFolded() {
        // it can at once
    }

    /**
     * Part of the transaction that forgets tasks.
     *
     * @param tasks a subquery for the ids of the tasks
     * @param endedBefore its parameter
     */
    void forget(Statements statements, String tasks, long endedBefore) throws SQLException;

    /** Why no event can be written at present, if so. */
    @Nullable
    RbeesException trouble();

    /** Writes what was handed in. Before the writer of the database is closed. */
    @Override
    void close();
}
