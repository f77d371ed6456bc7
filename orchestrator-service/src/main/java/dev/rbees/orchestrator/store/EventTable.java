package dev.rbees.orchestrator.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.store.StoreWriter.Write;

/** Event logs as a table of a database that others can read as well, a row for each event. */
final class EventTable implements EventLogs {

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
    public void end(Statements statements, String task, List<LoggedEvent> whole) throws SQLException {
        insert(statements, task, whole.getLast());
    }

    @Override
    public List<LoggedEvent> read(String task) {
        return reader.query("SELECT sequence, type, data FROM events WHERE task = ? ORDER BY sequence",
                row -> new LoggedEvent(row.getLong(1), row.getString(2), row.getString(3)), task);
    }

    @Override
    public void forget(Statements statements, String tasks, long endedBefore) throws SQLException {
        PreparedStatement delete = statements.of("DELETE FROM events WHERE task IN " + tasks);
        delete.setLong(1, endedBefore);
        delete.executeUpdate();
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
