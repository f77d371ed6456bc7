package dev.rbees.orchestrator.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.StoreWriter.Write;
import dev.rbees.orchestrator.store.TaskStore.LogSummary;

/** Event logs as a table of a database that others can read as well, a row for each event. */
final class EventTable implements EventLogs {

    private static final int PAGE = 256;

    private final StoreWriter writer;
    private final StoreReader reader;

    EventTable(StoreWriter writer, StoreReader reader) {
        this.writer = writer;
        this.reader = reader;
    }

    @Override
    public boolean append(String task, LoggedEvent event, Runnable written) {
        writer.write(new Write(statements -> insert(statements, task, event), false, written, null));
        return false;
    }

    private static void insert(Statements statements, String task, LoggedEvent event) throws SQLException {
        PreparedStatement insert = statements.of(
                // why: a commit whose answer was lost is made again
                "INSERT INTO events (task, sequence, type, data) VALUES (?, ?, ?, ?) ON CONFLICT (task, sequence) DO NOTHING");
        insert.setString(1, task);
        insert.setLong(2, event.sequence());
        insert.setString(3, event.type());
        insert.setString(4, event.data());
        insert.executeUpdate();
    }

    @Override
    public Work ending(String task, List<LoggedEvent> whole) {
        LoggedEvent last = whole.getLast();
        return statements -> insert(statements, task, last);
    }

    @Override
    public List<LoggedEvent> read(String task, long after, int limit) {
        return reader.query(
                "SELECT sequence, type, data FROM events WHERE task = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                row -> new LoggedEvent(row.getLong(1), row.getString(2), row.getString(3)), task, after,
                Math.min(limit, PAGE));
    }

    @Override
    public long last(String task) {
        return reader.query("SELECT coalesce(max(sequence), 0) FROM events WHERE task = ?", row -> row.getLong(1), task)
                .getFirst();
    }

    @Override
    public LogSummary summary(String task) {
        return reader.query("""
                            SELECT coalesce(max(sequence), 0), count(*) FILTER (WHERE type = 'token'),
                                count(*) FILTER (WHERE type = 'started') FROM events WHERE task = ?""",
                row -> new LogSummary(row.getLong(1), row.getInt(2), row.getInt(3) > 0), task).getFirst();
    }

    @Override
    public void forget(Statements statements, List<EndedTask> tasks) throws SQLException {
        PreparedStatement delete = statements.of("DELETE FROM events WHERE task = ?");
        for (EndedTask task : tasks) {
            delete.setString(1, task.id());
            delete.addBatch();
        }
        delete.executeBatch();
    }

    /** What was deleted is left to the server. */
    @Override
    public CompletableFuture<Void> scrub() {
        return CompletableFuture.completedFuture(null);
    }

    /** It has none of its own. */
    @Override
    public @Nullable RbeesException trouble() {
        return null;
    }

    @Override
    public void close() {
        // what was handed in is with the writer
    }
}
