package dev.rbees.orchestrator.simulation;

import java.time.Instant;
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
        final List<LoggedEvent> events = new ArrayList<>();
        Task task;
        @Nullable
        String request;

        Row(NewTask fresh) {
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
    private final Deque<Write> waiting = new ArrayDeque<>();
    private boolean committing;
    private boolean full;
    private int life;

    SimulatedStore(VirtualTime time, RandomGenerator random) {
        this.time = time;
        this.random = random;
    }

    private static RbeesException diskFull() {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "the disk is full");
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
        batch.forEach(write -> write.work.run());
        batch.forEach(write -> write.done.run());
        commitSoon();
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
        Optional<Row> before = rows.values().stream()
                .filter(row -> row.key != null && row.key.equals(fresh.idempotencyKey())).findFirst();
        if (before.isPresent()) {
            return before.get().digest.equals(fresh.requestDigest())
                    ? new Insertion.SeenBefore(before.get().task)
                    : new Insertion.KeyReused();
        }
        rows.put(fresh.task().id(), new Row(fresh));
        return new Insertion.Inserted();
    }

    private Row row(String task) {
        return Optional.ofNullable(rows.get(task)).orElseThrow();
    }

    @Override
    public void update(Task task) {
        write(new Write(() -> row(task.id()).task = task, () -> {
        }, null));
    }

    @Override
    public boolean append(String task, LoggedEvent event, Runnable written) {
        write(new Write(() -> row(task).events.add(event), written, null));
        return false;
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
    public void remember(KnownModel model) {}

    @Override
    public void forgetModel(String id) {}

    @Override
    public void remember(Session session) {}

    @Override
    public void forgetSession(String id) {}

    @Override
    public List<Session> sessions() {
        return List.of();
    }

    @Override
    public void remember(Tenant tenant) {}

    @Override
    public void forgetTenant(String id) {}

    @Override
    public List<Tenant> tenants() {
        return List.of();
    }

    @Override
    public void purge(Instant endedBefore) {}

    @Override
    public Optional<Task> find(String id) {
        return Optional.ofNullable(rows.get(id)).map(row -> row.task);
    }

    @Override
    public List<Task> list(@Nullable TaskState state, @Nullable String tenant, int limit) {
        return rows.values().stream().map(row -> row.task).limit(limit).toList();
    }

    @Override
    public List<LoggedEvent> events(String task) {
        return List.copyOf(row(task).events);
    }

    @Override
    public void unfinished(Consumer<Unfinished> each) {
        List.copyOf(rows.values()).stream().filter(row -> !row.task.state().terminal()).forEach(row -> each
                .accept(new Unfinished(row.task, Optional.ofNullable(row.request), List.copyOf(row.events))));
    }

    @Override
    public List<KnownModel> models() {
        return List.of(new KnownModel("tiny", "a".repeat(64), 1_000));
    }

    @Override
    public Optional<RbeesException> trouble() {
        return full ? Optional.of(diskFull()) : Optional.empty();
    }

    @Override
    public void close() {}
}
