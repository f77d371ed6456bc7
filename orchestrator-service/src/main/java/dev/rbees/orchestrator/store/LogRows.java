package dev.rbees.orchestrator.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import dev.rbees.orchestrator.events.LoggedEvent;

/**
 * Event logs as a table with a row for each task: whole ones of tasks that have ended, of others a beginning. An event is a line,
 * {@code type tab data}; its sequence is the number of the line, from 1.
 */
final class LogRows {

    private LogRows() {}

    /** Writes the whole log. */
    static void put(Statements statements, String task, List<LoggedEvent> whole) throws SQLException {
        PreparedStatement insert = statements
                .of("""
                    INSERT INTO logs (number, last, events) SELECT number, ?, ? FROM tasks WHERE id = ?
                    ON CONFLICT (number) DO UPDATE SET last = excluded.last, events = excluded.events""");
        insert.setLong(1, whole.getLast().sequence());
        insert.setString(2, lines(whole));
        insert.setString(3, task);
        insert.executeUpdate();
    }

    /** Writes what follows, if the task has not ended; what is there already is passed over. */
    static void add(Statements statements, String task, List<LoggedEvent> more) throws SQLException {
        long last = last(statements, task);
        List<LoggedEvent> unknown = new ArrayList<>();
        for (LoggedEvent event : more) {
            if (event.sequence() == last + unknown.size() + 1) {
                unknown.add(event);
            }
        }
        if (last < 0 || unknown.isEmpty()) {
            return;
        }
        PreparedStatement insert = statements
                .of("""
                    INSERT INTO logs (number, last, events) SELECT number, ?, ? FROM tasks WHERE id = ?
                    ON CONFLICT (number)
                    DO UPDATE SET last = excluded.last, events = logs.events || char(10) || excluded.events""");
        insert.setLong(1, last + unknown.size());
        insert.setString(2, lines(unknown));
        insert.setString(3, task);
        insert.executeUpdate();
    }

    /** How many events are there; −1 for a task that has ended or is not known. */
    private static long last(Statements statements, String task) throws SQLException {
        PreparedStatement select = statements
                .of("""
                    SELECT coalesce(logs.last, 0) FROM tasks LEFT JOIN logs ON logs.number = tasks.number
                    WHERE tasks.id = ? AND tasks.ended_at IS NULL""");
        select.setString(1, task);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    static List<LoggedEvent> read(StoreReader reader, String task) {
        return reader.query("SELECT events FROM logs JOIN tasks ON tasks.number = logs.number WHERE tasks.id = ?",
                row -> row.getString(1), task).stream().findFirst().map(LogRows::parse).orElse(List.of());
    }

    private static String lines(List<LoggedEvent> events) {
        return events.stream().map(event -> event.type() + '\t' + event.data()).collect(Collectors.joining("\n"));
    }

    private static List<LoggedEvent> parse(String lines) {
        List<LoggedEvent> events = new ArrayList<>();
        for (String line : lines.split("\n", -1)) {
            int tab = line.indexOf('\t');
            events.add(new LoggedEvent(events.size() + 1L, line.substring(0, tab), line.substring(tab + 1)));
        }
        return events;
    }
}
