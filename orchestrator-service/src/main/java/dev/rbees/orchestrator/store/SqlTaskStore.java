package dev.rbees.orchestrator.store;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;
import dev.rbees.api.task.TaskState;
import dev.rbees.home.RbeesHome;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.pool.PoolRecord;
import dev.rbees.orchestrator.session.Session;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.StoreWriter.Write;
import dev.rbees.orchestrator.store.TaskRows.Fresh;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.tenant.Tenant;
import dev.rbees.orchestrator.worker.KnownModel;
import dev.rbees.thread.Liveness;

/** The record in a database: one SQLite file under {@code RBEES_HOME}, or one of a PostgreSQL server. */
public final class SqlTaskStore implements TaskStore {

    private static final Logger LOG = LoggerFactory.getLogger(SqlTaskStore.class);

    private final StoreWriter writer;
    private final StoreReader reader;
    private final EventLogs logs;
    private final PromptVault vault;
    private final RequestDigests digests;
    private final RecordSlots slots;
    private final Optional<LeaseHeartbeat> beat;
    private final RetentionLoop retention;

    private SqlTaskStore(Database database, StoreWriter writer, StoreReader reader, EventLogs logs, PromptVault vault,
            Optional<LeaseHeartbeat> beat, Upkeep upkeep) {
        this.writer = writer;
        this.reader = reader;
        this.logs = logs;
        this.vault = vault;
        this.digests = new RequestDigests(vault.derive("request digests"));
        this.slots = new RecordSlots(writer);
        this.beat = beat;
        this.retention = new RetentionLoop(database, writer, logs, slots, upkeep);
    }

    /**
     * Opens the record, makes or migrates it when necessary.
     *
     * @param home has the key of the prompts, and the record, if no other place is named
     * @param elsewhere a database of a PostgreSQL server
     * @throws RbeesException STORAGE_UNAVAILABLE when it cannot be opened or is damaged, CONFLICT when somebody else uses it
     */
    public static SqlTaskStore open(RbeesHome home, Optional<PostgresAddress> elsewhere) {
        return open(home, elsewhere, Leading.ALONE, Upkeep.USUAL);
    }

    /**
     * @param leading what this orchestrator says of itself to others on the same database
     * @param upkeep how long what has ended is kept
     */
    public static SqlTaskStore open(RbeesHome home, Optional<PostgresAddress> elsewhere, Leading leading, Upkeep upkeep) {
        return open(home, elsewhere, leading, upkeep, new Liveness(failure -> LOG.error("the record is closed")),
                () -> false);
    }

    /**
     * @param liveness hears when a thread of the record fails
     * @param eventLoop whether the calling thread must never wait; such a one is refused by what may wait
     */
    public static SqlTaskStore open(RbeesHome home, Optional<PostgresAddress> elsewhere, Leading leading, Upkeep upkeep,
            Liveness liveness, BooleanSupplier eventLoop) {
        Path file = home.open().database();
        SqlTaskStore store;
        if (elsewhere.isPresent()) {
            PostgresDatabase database = PostgresDatabase.prepare(elsewhere.get(), leading.url());
            database.keyFingerprint().ifPresent(fingerprint -> PromptVault.requireKeyOf(home, fingerprint));
            store = shared(database, PromptVault.open(home), leading, upkeep, liveness, eventLoop);
        } else {
            PromptVault vault = PromptVault.open(home);
            store = alone(SqliteDatabase.prepare(file), vault, home.journal(), upkeep, liveness, eventLoop);
        }
        store.retention.start();
        return store;
    }

    private static SqlTaskStore alone(Database database, PromptVault vault, Path journal, Upkeep upkeep, Liveness liveness,
            BooleanSupplier eventLoop) {
        StoreWriter writer = new StoreWriter(database, Leading.ALONE.deposed(), liveness, eventLoop);
        StoreReader reader = new StoreReader(database);
        writer.start();
        try {
            return new SqlTaskStore(database, writer, reader, EventJournal.open(journal, writer, reader, liveness), vault,
                    Optional.empty(), upkeep);
        } catch (RbeesException e) {
            writer.close();
            reader.close();
            throw e;
        }
    }

    private static SqlTaskStore shared(PostgresDatabase database, PromptVault vault, Leading leading, Upkeep upkeep,
            Liveness liveness, BooleanSupplier eventLoop) {
        StoreWriter writer = new StoreWriter(database, leading.deposed(), liveness, eventLoop);
        StoreReader reader = new StoreReader(database);
        writer.start();
        LeaseHeartbeat beat = new LeaseHeartbeat(writer, leading.url(), liveness);
        SqlTaskStore store = new SqlTaskStore(database, writer, reader, new EventTable(writer, reader), vault,
                Optional.of(beat), upkeep);
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
        try {
            reader.query("SELECT fingerprint FROM prompt_key", row -> row.getString(1)).forEach(vault::requireFingerprint);
        } catch (RbeesException e) {
            close();
            throw e;
        }
    }

    @Override
    public CompletableFuture<Insertion> insert(NewTask fresh) {
        CompletableFuture<Insertion> result = new CompletableFuture<>();
        AtomicReference<Insertion> outcome = new AtomicReference<>(new Insertion.KeyReused());
        String key = fresh.idempotencyKey();
        Fresh row = new Fresh(fresh.task(), Json.write(fresh.task()),
                key == null ? "" : digests.keep(fresh.requestDigest()), key);
        byte[] sealed = vault.seal(fresh.task().id(), fresh.request());
        Work work = statements -> outcome.set(insert(statements, row, sealed, fresh.requestDigest()));
        try {
            writer.write(new Write(work, true, () -> result.complete(outcome.get()), result::completeExceptionally,
                    statements -> TaskRows.isThere(statements, fresh.task().id())));
        } catch (RbeesException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    private Insertion insert(Statements statements, Fresh row, byte[] sealed, String requestDigest)
            throws SQLException {
        Optional<Long> number = TaskRows.insert(statements, row, sealed);
        return number.isPresent()
                ? new Insertion.Inserted(number.get())
                : TaskRows.byKey(statements, row.key()).map(before -> before.compare(digests, requestDigest)).orElseThrow();
    }

    @Override
    public Optional<Insertion> seenBefore(String idempotencyKey, String requestDigest) {
        return TaskRows.byKey(reader, idempotencyKey).map(before -> before.compare(digests, requestDigest));
    }

    @Override
    public void update(Task task) {
        writer.writeForSure(new Write(TaskRows.update(task), false, SqlTaskStore::nothing, null));
    }

    @Override
    public boolean append(String task, LoggedEvent event, Runnable written) {
        return logs.append(task, event, written);
    }

    @Override
    public void finish(Task task, List<LoggedEvent> log, Runnable durable) {
        Instant endedAt = Optional.ofNullable(task.endedAt()).orElseThrow();
        long logBytes = log.stream().mapToLong(event -> event.type().length() + 2L + event.data().length()).sum();
        Work end = TaskRows.end(task, endedAt.toEpochMilli(), logBytes);
        Work ending = logs.ending(task.id(), log);
        writer.writeForSure(new Write(statements -> {
            end.run(statements);
            ending.run(statements);
        }, true, durable, null));
    }

    @Override
    public CompletableFuture<Boolean> delete(String id) {
        return retention.delete(id);
    }

    @Override
    public void remember(KnownModel model) {
        slots.put(RecordRows.MODELS, model.id(), RecordRows.put(model));
    }

    @Override
    public void forgetModel(String id) {
        slots.put(RecordRows.MODELS, id, RecordRows.remove(RecordRows.MODELS, id));
    }

    @Override
    public void remember(Session session) {
        slots.put(RecordRows.SESSIONS, session.id(), RecordRows.put(RecordRows.SESSIONS, session.id(), session));
    }

    @Override
    public void forgetSession(String id) {
        slots.put(RecordRows.SESSIONS, id, RecordRows.remove(RecordRows.SESSIONS, id));
    }

    @Override
    public void remember(Tenant tenant) {
        slots.put(RecordRows.TENANTS, tenant.id(), RecordRows.put(RecordRows.TENANTS, tenant.id(), tenant));
    }

    @Override
    public void forgetTenant(String id) {
        slots.put(RecordRows.TENANTS, id, RecordRows.remove(RecordRows.TENANTS, id));
    }

    @Override
    public void remember(PoolRecord pool) {
        slots.put(RecordRows.POOLS, pool.id(), RecordRows.put(RecordRows.POOLS, pool.id(), pool));
    }

    @Override
    public void forgetPool(String id) {
        slots.put(RecordRows.POOLS, id, RecordRows.remove(RecordRows.POOLS, id));
    }

    @Override
    public Optional<Task> find(String id) {
        return TaskRows.find(reader, id);
    }

    @Override
    public List<Task> list(@Nullable TaskState state, @Nullable String tenant, int limit) {
        return TaskRows.list(reader, state, tenant, limit);
    }

    @Override
    public Optional<String> request(String task) {
        return reader.query("SELECT request FROM tasks WHERE id = ?", row -> vault.open(task, row.getBytes(1)), task)
                .stream()
                .findFirst().flatMap(request -> request);
    }

    @Override
    public List<LoggedEvent> events(String task, long after, int limit) {
        return logs.read(task, after, limit);
    }

    @Override
    public long lastEvent(String task) {
        return logs.last(task);
    }

    @Override
    public LogSummary summary(String task) {
        return logs.summary(task);
    }

    @Override
    public List<Unfinished> unfinished(long afterNumber, int limit) {
        return TaskRows.unfinished(reader, afterNumber, limit, PromptVault.ADDED_BYTES);
    }

    @Override
    public Optional<Unfinished> unfinished(String id) {
        return TaskRows.unfinished(reader, id, PromptVault.ADDED_BYTES);
    }

    @Override
    public List<KnownModel> models() {
        return RecordRows.models(reader);
    }

    @Override
    public List<Tenant> tenants() {
        return RecordRows.all(reader, RecordRows.TENANTS, Tenant.class);
    }

    @Override
    public List<PoolRecord> pools() {
        return RecordRows.all(reader, RecordRows.POOLS, PoolRecord.class);
    }

    @Override
    public List<Session> sessions() {
        return RecordRows.all(reader, RecordRows.SESSIONS, Session.class);
    }

    @Override
    public Optional<RbeesException> trouble() {
        return Optional.ofNullable(writer.trouble()).or(() -> Optional.ofNullable(logs.trouble()));
    }

    @Override
    public void close() {
        retention.close();
        logs.close();
        beat.ifPresent(LeaseHeartbeat::close);
        slots.flush();
        writer.close();
        reader.close();
    }

    private static void nothing() {}
}
