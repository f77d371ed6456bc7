package dev.rbees.orchestrator.store;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.task.TaskState;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.session.Session;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.StoreWriter.Write;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.tenant.Tenant;
import dev.rbees.orchestrator.worker.KnownModel;

/** The record in a database: one SQLite file under {@code RBEES_HOME}, or one of a PostgreSQL server. */
public final class SqlTaskStore implements TaskStore {

    private static final int PURGE_LIMIT = 500;

    private final StoreWriter writer;
    private final StoreReader reader;
    private final EventLogs logs;
    private final PromptVault vault;
    private final Optional<LeaderBeat> beat;

    private SqlTaskStore(StoreWriter writer, StoreReader reader, EventLogs logs, PromptVault vault,
            Optional<LeaderBeat> beat) {
        this.writer = writer;
        this.reader = reader;
        this.logs = logs;
        this.vault = vault;
        this.beat = beat;
    }

    /**
     * Opens the record, makes or migrates it when necessary.
     *
     * @param home has the key of the prompts, and the record, if no other place is named
     * @param elsewhere a database of a PostgreSQL server
     * @throws RbeesException STORAGE_UNAVAILABLE when it cannot be opened or is damaged, CONFLICT when somebody else uses it
     */
    public static SqlTaskStore open(RbeesHome home, Optional<PostgresAddress> elsewhere) {
        return open(home, elsewhere, Leading.ALONE);
    }

    /** @param leading what this orchestrator says of itself to others on the same database */
    public static SqlTaskStore open(RbeesHome home, Optional<PostgresAddress> elsewhere, Leading leading) {
        Path file = home.open().database();
        PromptVault vault = PromptVault.open(home);
        return elsewhere.isPresent()
                ? shared(PostgresDatabase.prepare(elsewhere.get(), leading.url()), vault, leading)
                : alone(SqliteDatabase.prepare(file), vault, home.journal());
    }

    private static SqlTaskStore alone(Database database, PromptVault vault, Path journal) {
        StoreWriter writer = new StoreWriter(database, Leading.ALONE.deposed());
        StoreReader reader = new StoreReader(database);
        writer.start();
        return new SqlTaskStore(writer, reader, EventJournal.open(journal, writer, reader), vault, Optional.empty());
    }

    private static SqlTaskStore shared(PostgresDatabase database, PromptVault vault, Leading leading) {
        StoreWriter writer = new StoreWriter(database, leading.deposed());
        StoreReader reader = new StoreReader(database);
        writer.start();
        LeaderBeat beat = new LeaderBeat(writer, leading.url());
        SqlTaskStore store = new SqlTaskStore(writer, reader, new EventTable(writer, reader), vault, Optional.of(beat));
        store.requireSameKey();
        return store;
    }

    /** why: who takes over must be able to read the prompts of those whom it takes over from. */
    private void requireSameKey() {
        String fingerprint = vault.fingerprint();
        CompletableFuture<Void> written = new CompletableFuture<>();
        writer.write(new Write(statements -> {
            PreparedStatement insert = statements
                    .of("INSERT INTO prompt_key (one, fingerprint) VALUES (1, ?) ON CONFLICT (one) DO NOTHING");
            insert.setString(1, fingerprint);
            insert.executeUpdate();
        }, true, () -> written.complete(null), written::completeExceptionally));
        written.join();
        if (!reader.query("SELECT fingerprint FROM prompt_key", row -> row.getString(1)).contains(fingerprint)) {
            close();
            throw new RbeesException(ErrorCode.FORBIDDEN, "the prompts of this record were encrypted with another key; copy"
                    + " keys/prompts.key of the RBEES_HOME of the orchestrator that made it to this one");
        }
    }

    @Override
    public CompletableFuture<Insertion> insert(NewTask fresh) {
        CompletableFuture<Insertion> result = new CompletableFuture<>();
        AtomicReference<Insertion> outcome = new AtomicReference<>(new Insertion.Inserted());
        byte[] sealed = vault.seal(fresh.task().id(), fresh.request());
        Work work = statements -> outcome.set(insert(statements, fresh, sealed));
        try {
            writer.write(new Write(work, true, () -> result.complete(outcome.get()), result::completeExceptionally));
        } catch (RbeesException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    private static Insertion insert(Statements statements, NewTask fresh, byte[] sealed) throws SQLException {
        Task task = fresh.task();
        PreparedStatement insert = statements.of(
                """
                INSERT INTO tasks (id, state, tenant, record, request, request_sha256, idempotency_key)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (idempotency_key) DO NOTHING""");
        insert.setString(1, task.id());
        insert.setString(2, task.state().name());
        insert.setString(3, task.tenant());
        insert.setString(4, Json.write(task));
        insert.setBytes(5, sealed);
        insert.setString(6, fresh.requestDigest());
        insert.setString(7, fresh.idempotencyKey());
        return insert.executeUpdate() == 1 ? new Insertion.Inserted() : usedBefore(statements, fresh);
    }

    private static Insertion usedBefore(Statements statements, NewTask fresh) throws SQLException {
        PreparedStatement select = statements.of("SELECT record, request_sha256 FROM tasks WHERE idempotency_key = ?");
        select.setString(1, fresh.idempotencyKey());
        try (ResultSet row = select.executeQuery()) {
            return row.next() && row.getString(2).equals(fresh.requestDigest())
                    ? new Insertion.SeenBefore(task(row.getString(1)))
                    : new Insertion.KeyReused();
        }
    }

    @Override
    public void update(Task task) {
        writer.writeForSure(new Write(statements -> update(statements, task, false), false, SqlTaskStore::nothing, null));
    }

    private static void update(Statements statements, Task task, boolean last) throws SQLException {
        String sql = "UPDATE tasks SET state = ?, record = ?, ended_at = ?" + (last ? ", request = NULL" : "")
                + " WHERE id = ?";
        PreparedStatement update = statements.of(sql);
        update.setString(1, task.state().name());
        update.setString(2, Json.write(task));
        update.setObject(3, task.endedAt() == null ? null : task.endedAt().toEpochMilli(), Types.BIGINT);
        update.setString(4, task.id());
        update.executeUpdate();
    }

    @Override
    public boolean append(String task, LoggedEvent event, Runnable written) {
        return logs.append(task, event, written);
    }

    @Override
    public void finish(Task task, List<LoggedEvent> log, Runnable durable) {
        writer.writeForSure(new Write(statements -> {
            update(statements, task, true);
            logs.end(statements, task.id(), log);
        }, true, durable, null));
    }

    @Override
    public void remember(KnownModel model) {
        writer.writeForSure(new Write(statements -> {
            PreparedStatement insert = statements
                    .of("""
                        INSERT INTO models (id, digest, context_length, generates, seen) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (id) DO UPDATE SET digest = excluded.digest,
                        context_length = excluded.context_length, generates = excluded.generates, seen = excluded.seen""");
            insert.setString(1, model.id());
            insert.setString(2, model.digest());
            insert.setInt(3, model.contextLength());
            insert.setInt(4, model.generates() ? 1 : 0);
            insert.setObject(5, model.seen() == null ? null : model.seen().toEpochMilli(), Types.BIGINT);
            insert.executeUpdate();
        }, false, SqlTaskStore::nothing, null));
    }

    @Override
    public void forgetModel(String id) {
        forget("models", id);
    }

    @Override
    public void remember(Session session) {
        remember("sessions", session.id(), session);
    }

    @Override
    public void forgetSession(String id) {
        forget("sessions", id);
    }

    @Override
    public void remember(Tenant tenant) {
        remember("tenants", tenant.id(), tenant);
    }

    @Override
    public void forgetTenant(String id) {
        forget("tenants", id);
    }

    private void remember(String table, String id, Object record) {
        writer.writeForSure(new Write(statements -> {
            PreparedStatement insert = statements.of("INSERT INTO " + table
                    + " (id, record) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record");
            insert.setString(1, id);
            insert.setString(2, Json.write(record));
            insert.executeUpdate();
        }, false, SqlTaskStore::nothing, null));
    }

    private void forget(String table, String id) {
        writer.writeForSure(new Write(statements -> {
            PreparedStatement delete = statements.of("DELETE FROM " + table + " WHERE id = ?");
            delete.setString(1, id);
            delete.executeUpdate();
        }, false, SqlTaskStore::nothing, null));
    }

    @Override
    public void purge(Instant endedBefore) {
        String old = "(SELECT id FROM tasks WHERE ended_at < ? ORDER BY ended_at LIMIT " + PURGE_LIMIT + ")";
        writer.writeForSure(new Write(statements -> {
            logs.forget(statements, old, endedBefore.toEpochMilli());
            PreparedStatement delete = statements.of("DELETE FROM tasks WHERE id IN " + old);
            delete.setLong(1, endedBefore.toEpochMilli());
            delete.executeUpdate();
        }, false, SqlTaskStore::nothing, null));
    }

    @Override
    public Optional<Task> find(String id) {
        return reader.query("SELECT record FROM tasks WHERE id = ?", row -> task(row.getString(1)), id).stream().findFirst();
    }

    @Override
    public List<Task> list(@Nullable TaskState state, @Nullable String tenant, int limit) {
        List<Object> parameters = new ArrayList<>();
        StringBuilder sql = new StringBuilder("SELECT record FROM tasks WHERE true");
        if (state != null) {
            sql.append(" AND state = ?");
            parameters.add(state.name());
        }
        if (tenant != null) {
            sql.append(" AND tenant = ?");
            parameters.add(tenant);
        }
        parameters.add(limit);
        return reader.query(sql.append(" ORDER BY number DESC LIMIT ?").toString(), row -> task(row.getString(1)),
                parameters.toArray());
    }

    @Override
    public List<LoggedEvent> events(String task) {
        return logs.read(task);
    }

    @Override
    public void unfinished(Consumer<Unfinished> each) {
        List<Unfinished> all = reader.query("SELECT record, request FROM tasks WHERE ended_at IS NULL ORDER BY number",
                row -> {
                    Task task = task(row.getString(1));
                    return new Unfinished(task, vault.open(task.id(), row.getBytes(2)), List.of());
                });
        all.forEach(left -> each.accept(new Unfinished(left.task(), left.request(), events(left.task().id()))));
    }

    @Override
    public List<KnownModel> models() {
        return reader.query("SELECT id, digest, context_length, generates, seen FROM models ORDER BY id",
                row -> new KnownModel(row.getString(1), row.getString(2), row.getInt(3), row.getInt(4) == 1,
                        row.getObject(5) == null ? null : Instant.ofEpochMilli(row.getLong(5))));
    }

    @Override
    public List<Tenant> tenants() {
        return reader.query("SELECT record FROM tenants", row -> Json.read(row.getString(1), Tenant.class));
    }

    @Override
    public List<Session> sessions() {
        return reader.query("SELECT record FROM sessions", row -> Json.read(row.getString(1), Session.class));
    }

    @Override
    public Optional<RbeesException> trouble() {
        return Optional.ofNullable(writer.trouble()).or(() -> Optional.ofNullable(logs.trouble()));
    }

    @Override
    public void close() {
        logs.close();
        beat.ifPresent(LeaderBeat::close);
        writer.close();
        reader.close();
    }

    private static void nothing() {}

    private static Task task(String json) {
        return Json.read(json, Task.class);
    }
}
