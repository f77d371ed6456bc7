package dev.rbees.orchestrator.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.TaskStore.Insertion;
import dev.rbees.orchestrator.store.TaskStore.Unfinished;
import dev.rbees.orchestrator.task.Task;

/** The table of tasks. What is written is made into text before the transaction. */
final class TaskRows {

    private static final Logger LOG = LoggerFactory.getLogger(TaskRows.class);

    /**
     * A row to be inserted.
     *
     * @param task the record
     * @param json the same as text
     * @param digest of the request, keyed; empty without an idempotency key
     * @param key the idempotency key, null for none
     */
    record Fresh(Task task, String json, String digest, @Nullable String key) {}

    private TaskRows() {}

    /**
     * The number of the new row; empty when there is one with that idempotency key.
     *
     * @param sealed what the worker is to be asked, encrypted
     */
    static Optional<Long> insert(Statements statements, Fresh fresh, byte[] sealed) throws SQLException {
        PreparedStatement insert = statements.of(
                """
                INSERT INTO tasks (id, state, tenant, record, request, request_sha256, idempotency_key)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (idempotency_key) DO NOTHING RETURNING number""");
        insert.setString(1, fresh.task().id());
        insert.setString(2, fresh.task().state().name());
        insert.setString(3, fresh.task().tenant());
        insert.setString(4, fresh.json());
        insert.setBytes(5, sealed);
        insert.setString(6, fresh.digest());
        insert.setString(7, fresh.key());
        try (ResultSet row = insert.executeQuery()) {
            return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
        }
    }

    /** What was inserted with that key before: the record, and what was kept of the request. */
    record Before(String json, String digest) {

        Insertion compare(RequestDigests digests, String requestDigest) {
            return digests.matches(digest, requestDigest)
                    ? new Insertion.SeenBefore(parse(json))
                    : new Insertion.KeyReused();
        }
    }

    private static final String BY_KEY = "SELECT record, request_sha256 FROM tasks WHERE idempotency_key = ?";

    static Optional<Before> byKey(Statements statements, @Nullable String key) throws SQLException {
        PreparedStatement select = statements.of(BY_KEY);
        select.setString(1, key);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(new Before(row.getString(1), row.getString(2))) : Optional.empty();
        }
    }

    static Optional<Before> byKey(StoreReader reader, String key) {
        return reader.query(BY_KEY, row -> new Before(row.getString(1), row.getString(2)), key).stream().findFirst();
    }

    /** Replaces the record, unless the task has ended. */
    static Work update(Task task) {
        String json = Json.write(task);
        return statements -> {
            PreparedStatement update = statements
                    .of("UPDATE tasks SET state = ?, record = ? WHERE id = ? AND ended_at IS NULL");
            update.setString(1, task.state().name());
            update.setString(2, json);
            update.setString(3, task.id());
            update.executeUpdate();
        };
    }

    /**
     * Replaces the record by that of a task that has ended.
     *
     * @param logBytes size of its log
     */
    static Work end(Task task, long endedAt, long logBytes) {
        String json = Json.write(task);
        return statements -> {
            PreparedStatement update = statements.of(
                    """
                    UPDATE tasks SET state = ?, record = ?, ended_at = ?, kept_bytes = ?, request = NULL WHERE id = ?""");
            update.setString(1, task.state().name());
            update.setString(2, json);
            update.setLong(3, endedAt);
            update.setLong(4, json.length() + logBytes);
            update.setString(5, task.id());
            update.executeUpdate();
        };
    }

    /** The task as one that may be forgotten; empty when it has not ended, or is unknown. */
    static Optional<EndedTask> ended(Statements statements, String id) throws SQLException {
        PreparedStatement select = statements
                .of("SELECT number, kept_bytes FROM tasks WHERE id = ? AND ended_at IS NOT NULL");
        select.setString(1, id);
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(new EndedTask(row.getLong(1), id, row.getLong(2))) : Optional.empty();
        }
    }

    static void forget(Statements statements, List<EndedTask> tasks) throws SQLException {
        PreparedStatement delete = statements.of("DELETE FROM tasks WHERE number = ?");
        for (EndedTask task : tasks) {
            delete.setLong(1, task.number());
            delete.addBatch();
        }
        delete.executeBatch();
    }

    static Optional<Task> find(StoreReader reader, String id) {
        return reader.query("SELECT record FROM tasks WHERE id = ?", row -> row.getString(1), id).stream().findFirst()
                .map(TaskRows::parse);
    }

    /** The newest first, without those that are damaged. */
    static List<Task> list(StoreReader reader, @Nullable TaskState state, @Nullable String tenant, int limit) {
        List<Object> parameters = new ArrayList<>();
        StringBuilder sql = new StringBuilder("SELECT number, record FROM tasks WHERE true");
        if (state != null) {
            sql.append(" AND state = ?");
            parameters.add(state.name());
        }
        if (tenant != null) {
            sql.append(" AND tenant = ?");
            parameters.add(tenant);
        }
        parameters.add(limit);
        return reader.query(sql.append(" ORDER BY number DESC LIMIT ?").toString(),
                row -> readable(row.getLong(1), row.getString(2)), parameters.toArray()).stream().flatMap(Optional::stream)
                .toList();
    }

    /**
     * The next page of those that have not ended.
     *
     * @param sealing how many bytes encryption adds to a request
     */
    static List<Unfinished> unfinished(StoreReader reader, long afterNumber, int limit, int sealing) {
        long after = afterNumber;
        while (true) {
            List<Row> rows = reader.query("""
                                          SELECT number, record, coalesce(length(request), 0) FROM tasks
                                          WHERE ended_at IS NULL AND number > ? ORDER BY number LIMIT ?""",
                    row -> new Row(row.getLong(1), row.getString(2), row.getInt(3)), after, limit);
            List<Unfinished> page = rows.stream().flatMap(row -> readable(row.number(), row.json())
                    .map(task -> new Unfinished(row.number(), task, Math.max(0, row.bytes() - sealing))).stream()).toList();
            if (rows.isEmpty() || !page.isEmpty()) {
                return page;
            }
            after = rows.getLast().number(); // why: a page of damaged ones is not the end
        }
    }

    /** That task, if it has not ended. */
    static Optional<Unfinished> unfinished(StoreReader reader, String id, int sealing) {
        return reader.query("""
                            SELECT number, record, coalesce(length(request), 0) FROM tasks
                            WHERE ended_at IS NULL AND id = ?""",
                row -> new Unfinished(row.getLong(1), parse(row.getString(2)), Math.max(0, row.getInt(3) - sealing)), id)
                .stream().findFirst();
    }

    static boolean isThere(Statements statements, String id) throws SQLException {
        PreparedStatement select = statements.of("SELECT 1 FROM tasks WHERE id = ?");
        select.setString(1, id);
        try (ResultSet row = select.executeQuery()) {
            return row.next();
        }
    }

    private record Row(long number, String json, int bytes) {}

    private static Optional<Task> readable(long number, String json) {
        try {
            return Optional.of(parse(json));
        } catch (RbeesException e) {
            LOG.error("the record of the task with number {} is damaged and is passed over", number);
            return Optional.empty();
        }
    }

    static Task parse(String json) {
        try {
            return Json.read(json, Task.class);
        } catch (RuntimeException e) {
            // why: what is wrong with the text is no fault of whoever asks
            throw new RbeesException(ErrorCode.INTERNAL,
                    "the record of this task is damaged; hand it in again, or restore the record from a backup", e);
        }
    }
}
