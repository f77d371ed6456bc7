package dev.rbees.orchestrator.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.TaskStore.LogSummary;

/**
 * Event logs as a table of pages: whole ones of tasks that have ended, of others a beginning. An event is a line,
 * {@code type tab data}; its sequence is the number of the page's first event plus that of the line. A page that is larger than
 * {@link #PAGE_CHARACTERS} can be read as well.
 */
final class LogRows {

    private static final int PAGE_EVENTS = 256;
    private static final int PAGE_CHARACTERS = 65_536;
    private static final String NUMBER = "(SELECT number FROM tasks WHERE id = ?)";

    private record Page(long first, long last, String lines) {}

    private LogRows() {}

    /** Writes the whole log in place of what is there. */
    static Work put(String task, List<LoggedEvent> whole) {
        List<Page> pages = pages(whole);
        return statements -> {
            PreparedStatement delete = statements.of("DELETE FROM log_pages WHERE number = " + NUMBER);
            delete.setString(1, task);
            delete.executeUpdate();
            insert(statements, task, pages);
        };
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
        if (last >= 0) {
            insert(statements, task, pages(unknown));
        }
    }

    private static void insert(Statements statements, String task, List<Page> pages) throws SQLException {
        PreparedStatement insert = statements
                .of("INSERT INTO log_pages (number, last, first, events) SELECT number, ?, ?, ? FROM tasks WHERE id = ?");
        for (Page page : pages) {
            insert.setLong(1, page.last());
            insert.setLong(2, page.first());
            insert.setString(3, page.lines());
            insert.setString(4, task);
            insert.executeUpdate();
        }
    }

    /** Number of the last event that is there; −1 for a task that has ended or is not known. */
    private static long last(Statements statements, String task) throws SQLException {
        PreparedStatement select = statements
                .of("""
                    SELECT coalesce((SELECT max(last) FROM log_pages WHERE number = tasks.number), 0) FROM tasks
                    WHERE id = ? AND ended_at IS NULL""");
        select.setString(1, task);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? row.getLong(1) : -1;
        }
    }

    /** As {@link TaskStore#events}: of one page what follows the given event. */
    static List<LoggedEvent> read(StoreReader reader, String task, long after, int limit) {
        return reader.query("SELECT first, events FROM log_pages WHERE number = " + NUMBER
                + " AND last > ? ORDER BY last LIMIT 1",
                row -> parse(row.getLong(1), row.getString(2), after, limit), task, after).stream().findFirst()
                .orElse(List.of());
    }

    static long last(StoreReader reader, String task) {
        return reader.query("SELECT coalesce(max(last), 0) FROM log_pages WHERE number = " + NUMBER, row -> row.getLong(1),
                task).getFirst();
    }

    /** As {@link TaskStore#summary}; one page at a time. */
    static LogSummary summary(StoreReader reader, String task) {
        LogSummary summary = LogSummary.EMPTY;
        for (List<LoggedEvent> page = read(reader, task, 0, PAGE_EVENTS); !page.isEmpty(); page = read(reader, task,
                summary.last(), PAGE_EVENTS)) {
            summary = summary.and(page);
        }
        return summary;
    }

    static void forget(Statements statements, List<EndedTask> tasks) throws SQLException {
        PreparedStatement delete = statements.of("DELETE FROM log_pages WHERE number = ?");
        for (EndedTask task : tasks) {
            delete.setLong(1, task.number());
            delete.addBatch();
        }
        delete.executeBatch();
    }

    private static List<Page> pages(List<LoggedEvent> events) {
        List<Page> pages = new ArrayList<>();
        StringBuilder lines = new StringBuilder();
        long first = 0;
        for (LoggedEvent event : events) {
            int size = event.type().length() + 1 + event.data().length();
            if (!lines.isEmpty()
                    && (event.sequence() - first >= PAGE_EVENTS || lines.length() + size >= PAGE_CHARACTERS)) {
                pages.add(new Page(first, event.sequence() - 1, lines.toString()));
                lines.setLength(0);
            }
            if (lines.isEmpty()) {
                first = event.sequence();
            } else {
                lines.append('\n');
            }
            lines.append(event.type()).append('\t').append(event.data());
        }
        if (!lines.isEmpty()) {
            pages.add(new Page(first, events.getLast().sequence(), lines.toString()));
        }
        return pages;
    }

    private static List<LoggedEvent> parse(long first, String lines, long after, int limit) {
        List<LoggedEvent> events = new ArrayList<>();
        long sequence = first;
        int start = 0;
        while (start <= lines.length() && events.size() < limit) {
            int newline = lines.indexOf('\n', start);
            int end = newline < 0 ? lines.length() : newline;
            if (sequence > after) {
                int tab = lines.indexOf('\t', start);
                events.add(new LoggedEvent(sequence, lines.substring(start, tab), lines.substring(tab + 1, end)));
            }
            sequence++;
            start = end + 1;
        }
        return events;
    }
}
