package dev.rbees.orchestrator.simulation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.pool.PoolRecord;
import dev.rbees.orchestrator.session.Session;
import dev.rbees.orchestrator.store.TaskStore;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.tenant.Tenant;
import dev.rbees.orchestrator.worker.KnownModel;

/**
 * A record that commits in the order of the calls, some time later, and that can be in trouble. What was not committed when the
 * orchestrator dies is gone.
 */
final class SimulatedStore implements TaskStore {

    /** What is on the disk of one task. */
    static final class Row {
        final @Nullable String key;
        final String digest;
        final long number;
        final List<LoggedEvent> events = new ArrayList<>();
        Task task;
        @Nullable
        String request;

        Row(long number, NewTask fresh) {
            this.number = number;
            task = fresh.task();
            request = fresh.request();
            key = fresh.idempotencyKey();
            digest = fresh.requestDigest();
        }
    }

    private record Write(Runnable work, Runnable done, @Nullable Consumer<RbeesException> failed) {}

    private final VirtualTime time;
    private final RandomGenerator random;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Map<String, KnownModel> models = new LinkedHashMap<>();
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final Map<String, Tenant> tenants = new LinkedHashMap<>();
    private final Map<String, PoolRecord> pools = new LinkedHashMap<>();
    private final Deque<Write> waiting = new ArrayDeque<>();
    private boolean committing;
    private boolean full;
    /** The answers of the next commit are lost. */
    private boolean losesAnswers;
    private int life;
    private long numbers;

    SimulatedStore(VirtualTime time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    private static RbeesException diskFull() {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "the disk is full");
    }

    /** The record knows this model from before. */
    SimulatedStore with(KnownModel model) {
        models.put(model.id(), model);
        return this;
    }

    Map<String, Row> rows() {
        return rows;
    }

    boolean isFull() {
        return full;
    }

    void full(boolean now) {
        full = now;
        commitSoon();
    }

    /** The answers of the next commit are lost, although it is made. */
    void loseAnswers() {
        losesAnswers = true;
    }

    /** Commits what waits, if it can. */
    void flush() {
        if (!full) {
            commit();
        }
    }

    /** The process dies. */
    void die() {
        life++;
        waiting.clear();
        committing = false;
    }

    private void write(Write write) {
        waiting.add(write);
        commitSoon();
    }

    private void commitSoon() {
        if (!committing && !waiting.isEmpty()) {
            committing = true;
            int begun = life;
            time.after(random.nextInt(1, 6), () -> {
                if (life == begun) {
                    committing = false;
                    commit();
                }
            });
        }
    }

    private void commit() {
        List<Write> batch = new ArrayList<>(waiting);
        waiting.clear();
        if (full) {
            batch.stream().filter(write -> write.failed == null).forEach(waiting::add);
            batch.stream().filter(write -> write.failed != null).forEach(write -> write.failed.accept(diskFull()));
            return;
        }
        if (losesAnswers) {
            losesAnswers = false;
            commitUnheard(batch);
            return;
        }
        Map<Write, RbeesException> refused = new LinkedHashMap<>();
        for (Write write : batch) {
            try {
                write.work.run();
            } catch (RbeesException e) {
                refused.put(write, e);
            }
        }
        for (Write write : batch) {
            if (!refused.containsKey(write)) {
                write.done.run();
            } else if (write.failed != null) {
                write.failed.accept(refused.get(write));
            }
        }
        commitSoon();
    }

    /** What must not be lost is written again; for the rest it is said that it could not be written. */
    private void commitUnheard(List<Write> batch) {
        batch.forEach(write -> write.work.run());
        batch.stream().filter(write -> write.failed == null).forEach(waiting::add);
        batch.stream().filter(write -> write.failed != null).forEach(write -> write.failed.accept(diskFull()));
        commitSoon();
    }

    /** A write that nobody waits for. */
    private void write(Runnable work) {
        write(new Write(work, () -> {
        }, null));
    }

    @Override
    public CompletableFuture<Insertion> insert(NewTask fresh) {
        CompletableFuture<Insertion> result = new CompletableFuture<>();
        List<Insertion> outcome = new ArrayList<>();
        write(new Write(() -> outcome.add(insertNow(fresh)), () -> result.complete(outcome.getFirst()),
                result::completeExceptionally));
        return result;
    }

    private Insertion insertNow(NewTask fresh) {
        Optional<Insertion> before = seenBefore(fresh.idempotencyKey(), fresh.requestDigest());
        if (before.isPresent()) {
            return before.get();
        }
        if (rows.putIfAbsent(fresh.task().id(), new Row(++numbers, fresh)) != null) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "there is a task of that id");
        }
        return new Insertion.Inserted(numbers);
    }

    @Override
    public Optional<Insertion> seenBefore(@Nullable String key, String requestDigest) {
        return rows.values().stream().filter(row -> row.key != null && row.key.equals(key)).findFirst()
                .map(row -> row.digest.equals(requestDigest)
                        ? new Insertion.SeenBefore(row.task)
                        : new Insertion.KeyReused());
    }

    private Row row(String task) {
        return Optional.ofNullable(rows.get(task)).orElseThrow();
    }

    @Override
    public void update(Task task) {
        write(() -> {
            if (!row(task.id()).task.state().terminal()) {
                row(task.id()).task = task;
            }
        });
    }

    @Override
    public boolean append(String task, LoggedEvent event, Runnable written) {
        write(new Write(() -> add(row(task).events, event), written, null));
        return false;
    }

    /** What is there already is passed over. */
    private static void add(List<LoggedEvent> events, LoggedEvent event) {
        if (events.isEmpty() || events.getLast().sequence() < event.sequence()) {
            events.add(event);
        }
    }

    @Override
    public void finish(Task task, List<LoggedEvent> log, Runnable durable) {
        write(new Write(() -> {
            Row row = row(task.id());
            row.task = task;
            row.request = null;
            row.events.clear();
            row.events.addAll(log);
        }, durable, null));
    }

    @Override
    public CompletableFuture<Boolean> delete(String id) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        List<Boolean> found = new ArrayList<>();
        write(new Write(() -> found.add(rows.values().removeIf(row -> row.task.id().equals(id)
                && row.task.state().terminal())), () -> result.complete(found.getFirst()), result::completeExceptionally));
        return result;
    }

    @Override
    public void remember(KnownModel model) {
        write(() -> models.put(model.id(), model));
    }

    @Override
    public void forgetModel(String id) {
        write(() -> models.remove(id));
    }

    @Override
    public void remember(Session session) {
        write(() -> sessions.put(session.id(), session));
    }

    @Override
    public void forgetSession(String id) {
        write(() -> sessions.remove(id));
    }

    @Override
    public List<Session> sessions() {
        return List.copyOf(sessions.values());
    }

    @Override
    public void remember(Tenant tenant) {
        write(() -> tenants.put(tenant.id(), tenant));
    }

    @Override
    public void forgetTenant(String id) {
        write(() -> tenants.remove(id));
    }

    @Override
    public List<Tenant> tenants() {
        return List.copyOf(tenants.values());
    }

    @Override
    public void remember(PoolRecord pool) {
        write(() -> pools.put(pool.id(), pool));
    }

    @Override
    public void forgetPool(String id) {
        write(() -> pools.remove(id));
    }

    @Override
    public List<PoolRecord> pools() {
        return List.copyOf(pools.values());
    }

    @Override
    public Optional<Task> find(String id) {
        return Optional.ofNullable(rows.get(id)).map(row -> row.task);
    }

    @Override
    public List<Task> list(@Nullable TaskState state, @Nullable String tenant, int limit) {
        return List.copyOf(rows.values()).reversed().stream().map(row -> row.task)
                .filter(task -> state == null || task.state() == state)
                .filter(task -> tenant == null || tenant.equals(task.tenant())).limit(limit).toList();
    }

    @Override
    public Optional<String> request(String task) {
        return Optional.ofNullable(rows.get(task)).map(row -> row.request);
    }

    @Override
    public List<LoggedEvent> events(String task, long after, int limit) {
        return Optional.ofNullable(rows.get(task)).stream().flatMap(row -> row.events.stream()).skip(after).limit(limit)
                .toList();
    }

    @Override
    public long lastEvent(String task) {
        return summary(task).last();
    }

    @Override
    public LogSummary summary(String task) {
        return LogSummary.EMPTY.and(events(task, 0, Integer.MAX_VALUE));
    }

    @Override
    public Optional<Unfinished> unfinished(String id) {
        return Optional.ofNullable(rows.get(id)).filter(row -> !row.task.state().terminal()).map(SimulatedStore::unfinished);
    }

    private static Unfinished unfinished(Row row) {
        return new Unfinished(row.number, row.task,
                row.request == null ? 0 : row.request.getBytes(StandardCharsets.UTF_8).length);
    }

    @Override
    public List<Unfinished> unfinished(long afterNumber, int limit) {
        return rows.values().stream().filter(row -> row.number > afterNumber && !row.task.state().terminal()).limit(limit)
                .map(SimulatedStore::unfinished).toList();
    }

    @Override
    public List<KnownModel> models() {
        return List.copyOf(models.values());
    }

    @Override
    public Optional<RbeesException> trouble() {
        return full ? Optional.of(diskFull()) : Optional.empty();
    }

    @Override
    public void close() {}
}
