package dev.rbees.orchestrator.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.store.StoreWriter.Work;
import dev.rbees.orchestrator.store.StoreWriter.Write;
import dev.rbees.thread.OwnerThread;

/**
 * Forgets what has ended: the oldest by itself, others when somebody wants them deleted. Looks for them on a connection and a thread
 * of its own and hands them to the writer in batches that hold others up for some milliseconds at most, each when the one before is
 * written.
 */
final class RetentionLoop implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RetentionLoop.class);
    private static final int BATCH = 2_000;
    private static final long BATCH_BYTES = 16L * 1024 * 1024;
    private static final String OLDEST = "SELECT number, id, kept_bytes FROM tasks WHERE ended_at < ?"
            + " ORDER BY ended_at, number LIMIT " + BATCH;

    private final Database database;
    private final StoreWriter writer;
    private final StoreReader reader;
    private final EventLogs logs;
    private final RecordSlots slots;
    private final Upkeep upkeep;
    private final OwnerThread thread;
    /** Wakes the thread: somebody waits until nothing is left of what was deleted. */
    private final BlockingQueue<CompletableFuture<Boolean>> deleted = new LinkedBlockingQueue<>();

    RetentionLoop(Database database, StoreWriter writer, EventLogs logs, RecordSlots slots, Upkeep upkeep) {
        this.database = database;
        this.writer = writer;
        this.reader = new StoreReader(database);
        this.logs = logs;
        this.slots = slots;
        this.upkeep = upkeep;
        this.thread = new OwnerThread("retention", upkeep.liveness(), this::run);
    }

    void start() {
        thread.start();
    }

    /** As {@link TaskStore#delete}. */
    CompletableFuture<Boolean> delete(String id) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        AtomicBoolean found = new AtomicBoolean();
        Work work = statements -> {
            List<EndedTask> task = TaskRows.ended(statements, id).stream().toList();
            found.compareAndSet(false, !task.isEmpty());
            forget(statements, task);
        };
        try {
            writer.write(new Write(work, true, () -> {
                if (found.get()) {
                    deleted.add(result);
                } else {
                    result.complete(false);
                }
            }, result::completeExceptionally));
        } catch (RbeesException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    private void forget(Statements statements, List<EndedTask> tasks) throws SQLException {
        logs.forget(statements, tasks);
        TaskRows.forget(statements, tasks);
    }

    private void run() throws InterruptedException {
        long next = System.nanoTime();
        while (!thread.closing()) {
            CompletableFuture<Boolean> first = deleted.poll(next - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (first != null) {
                scrub(first);
            } else {
                tend();
                next = System.nanoTime() + upkeep.pause().toNanos();
            }
        }
    }

    /** Whoever waits is answered when none of the deleted text is left in a file. */
    private void scrub(CompletableFuture<Boolean> first) throws InterruptedException {
        List<CompletableFuture<Boolean>> waiting = new ArrayList<>(List.of(first));
        deleted.drainTo(waiting);
        try {
            logs.scrub().get();
            database.scrub();
            waiting.forEach(one -> one.complete(true));
        } catch (SQLException | ExecutionException e) {
            LOG.warn("what was deleted may still lie in a file: {}", e.getMessage());
        } finally {
            waiting.forEach(one -> one.completeExceptionally(StoreWriter.unavailable(null)));
        }
    }

    private void tend() throws InterruptedException {
        slots.schedule();
        try {
            long forgotten = forgetAged() + forgetBeyond();
            if (forgotten > 0) {
                LOG.info("{} tasks that ended long ago are forgotten", forgotten);
            }
            shrink();
        } catch (RbeesException | SQLException e) {
            LOG.debug("the record cannot be tended now: {}", e.getMessage());
        }
    }

    private long forgetAged() throws InterruptedException {
        long before = upkeep.clock().instant().minus(upkeep.retention().age()).toEpochMilli();
        return forgetOldest(before, Long.MAX_VALUE);
    }

    private long forgetBeyond() throws InterruptedException {
        long limit = upkeep.retention().bytes();
        if (limit == Long.MAX_VALUE) {
            return 0;
        }
        long kept = reader.query("SELECT coalesce(sum(kept_bytes), 0) FROM tasks WHERE ended_at IS NOT NULL",
                row -> row.getLong(1)).getFirst();
        return forgetOldest(Long.MAX_VALUE, kept - limit);
    }

    /** Forgets those that ended before a time until so many bytes are gone, and gives how many. */
    private long forgetOldest(long endedBefore, long excess) throws InterruptedException {
        long forgotten = 0;
        long bytes = 0;
        while (bytes < excess && !thread.closing()) {
            List<EndedTask> batch = batch(reader.query(OLDEST,
                    row -> new EndedTask(row.getLong(1), row.getString(2), row.getLong(3)), endedBefore), excess - bytes);
            if (batch.isEmpty() || !written(statements -> forget(statements, batch))) {
                break;
            }
            forgotten += batch.size();
            bytes += batch.stream().mapToLong(EndedTask::bytes).sum();
        }
        return forgotten;
    }

    /** The first of them until there is enough for one transaction. */
    private static List<EndedTask> batch(List<EndedTask> oldest, long excess) {
        long most = Math.min(excess, BATCH_BYTES);
        long bytes = 0;
        int count = 0;
        while (count < oldest.size() && bytes < most) {
            bytes += oldest.get(count).bytes();
            count++;
        }
        return oldest.subList(0, count);
    }

    /** Gives room that is not used any more back to the system, where the database can do that, a little at a time. */
    private void shrink() throws InterruptedException, SQLException {
        AtomicBoolean more = new AtomicBoolean(true);
        boolean some = false;
        while (more.get() && !thread.closing() && written(statements -> more.set(database.shrink(statements)))) {
            some |= more.get();
        }
        if (some) {
            database.scrub(); // why: the file itself becomes shorter when the log of changes is put into it
        }
    }

    /** Waits until the writer has done it; false when the storage is in trouble. */
    private boolean written(Work work) throws InterruptedException {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        writer.write(new Write(work, false, () -> done.complete(true), _ -> done.complete(false)));
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("it tells by its value", e);
        }
    }

    @Override
    public void close() {
        // why: it may wait for storage that is in trouble
        thread.interrupt();
        thread.close();
        deleted.forEach(one -> one.completeExceptionally(StoreWriter.unavailable(null)));
        reader.close();
    }
}
