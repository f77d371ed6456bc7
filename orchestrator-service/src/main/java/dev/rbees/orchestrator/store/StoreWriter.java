package dev.rbees.orchestrator.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;

/**
 * The one thread that writes to the database. It commits whatever has come together in the meantime at once: a commit that holds a
 * durable write is forced to the disk, others are only handed to the system and forced within 200 ms.
 *
 * <p>
 * Writes happen in the order in which they were handed in, whatever fails: one that the storage could not take stays in front of all
 * that came later. Callbacks run on this thread, outside of every lock of ours; they must not wait, and what escapes from one ends
 * the program.
 */
final class StoreWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);
    private static final int CAPACITY = 65_536;
    private static final int BATCH = 1_024;
    private static final long RETRY_MILLIS = 200;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /** SQL to run inside the transaction. It may run again when the transaction failed, so it must come to the same. */
    @FunctionalInterface
    interface Work {
        void run(Statements statements) throws SQLException;
    }

    /** Looks, outside of a transaction, whether a write is in the database. */
    @FunctionalInterface
    interface Landed {
        boolean look(Statements statements) throws SQLException;
    }

    /**
     * @param work what to do
     * @param durable whether {@code done} must wait for the disk
     * @param done runs after the commit
     * @param failed runs instead when the storage is in trouble, with a {@link CommitUnknown} as cause when the write may be there
     * nevertheless; null for a write that must not be lost
     * @param landed by which a write that can fail is looked up when the answer to its commit was lost; null when it cannot be
     */
    record Write(Work work, boolean durable, Runnable done, @Nullable Consumer<RbeesException> failed,
            @Nullable Landed landed) {

        Write(Work work, boolean durable, Runnable done, @Nullable Consumer<RbeesException> failed) {
            this(work, durable, done, failed, null);
        }
    }

    private final Runnable deposed;
    private final WritingConnection connection;
    private final DoubtfulWrites doubtful;
    private final WriteQueue queue;
    private final OwnerThread thread;
    private final Deque<Write> unwritten = new ArrayDeque<>();
    private final SyncDue sync = new SyncDue();
    private boolean leadLost;
    private long lostFrom;
    private volatile boolean closing;
    private volatile @Nullable RbeesException trouble;

    /** One of a program that nothing watches over. */
    StoreWriter(Database database, Runnable deposed) {
        this(database, deposed, new Liveness(failure -> LOG.error("{} has ended", failure.thread())), () -> false);
    }

    /**
     * @param deposed runs when somebody else has begun to write to the database, so that this never will again
     * @param liveness hears when the thread fails
     * @param eventLoop whether the calling thread must never wait
     * @throws RbeesException when the database cannot be written to, or somebody else writes to it
     */
    StoreWriter(Database database, Runnable deposed, Liveness liveness, BooleanSupplier eventLoop) {
        this(database, deposed, liveness, new WriteQueue(CAPACITY, eventLoop), DoubtfulWrites.LIMIT);
    }

    /**
     * @param queue of the writes that wait
     * @param doubt how long a write may wait for the truth about its commit
     */
    StoreWriter(Database database, Runnable deposed, Liveness liveness, WriteQueue queue, Duration doubt) {
        this.deposed = deposed;
        this.queue = queue;
        this.connection = new WritingConnection(database);
        this.doubtful = new DoubtfulWrites(connection, doubt);
        this.thread = new OwnerThread("store-writer", liveness, this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * Hands a write in, without waiting.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when too many wait already, or when the storage is in trouble and this one may fail
     */
    void write(Write write) {
        RbeesException now = trouble;
        if (now != null && write.failed() != null) {
            throw unavailable(now);
        }
        if (closing || !queue.offer(write)) {
            throw unavailable(null);
        }
    }

    /**
     * Hands a write in that must not be lost; waits while too many are waiting already, so that whoever calls holds no lock that a
     * callback of a write could want.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when the writer has ended
     * @throws IllegalStateException on a thread that must not wait: the writer's own, or an event loop
     */
    void writeForSure(Write write) {
        try {
            if (!queue.put(write)) {
                throw unavailable(null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(null);
        }
    }

    @Nullable
    RbeesException trouble() {
        return trouble;
    }

    private void run() throws InterruptedException {
        queue.taken();
        connection.claim();
        List<Write> batch = new ArrayList<>(BATCH);
        try {
            while (!(closing && queue.isEmpty() && unwritten.isEmpty() && doubtful.isEmpty())) {
                doubtful.settle();
                gather(batch);
                commit(batch);
                batch.clear();
            }
        } finally {
            trouble = unavailable(null);
            connection.close();
            queue.end();
        }
    }

    /** What is to be committed next; empty when it is only time to force the last commits to the disk. */
    private void gather(List<Write> batch) throws InterruptedException {
        while (batch.size() < BATCH && !unwritten.isEmpty()) {
            batch.add(unwritten.removeFirst());
        }
        queue.drain(batch, BATCH, sync.nanosLeft());
    }

    private void commit(List<Write> batch) throws InterruptedException {
        boolean overdue = sync.isOverdue();
        boolean probing = trouble != null;
        if (batch.isEmpty() && !overdue && !probing) {
            return;
        }
        boolean force = overdue || probing || batch.stream().anyMatch(Write::durable);
        IdentityHashMap<Write, SQLException> refused;
        try {
            refused = connection.commit(force, batch);
        } catch (SQLException e) {
            keep(batch, e);
            recover();
            return;
        }
        sync.committed(force);
        trouble = null;
        lostFrom = 0;
        for (Write write : batch) {
            SQLException why = refused.get(write);
            if (why == null) {
                write.done().run();
            } else {
                refuse(write, why);
            }
        }
    }

    private static void refuse(Write write, SQLException why) {
        if (write.failed() == null) {
            LOG.error("a write was refused by the database and is lost", why);
        } else {
            LOG.warn("a write was refused by the database: {}", why.getMessage());
            fail(write, why);
        }
    }

    /** What must not be lost goes before all that came later, in its order; what can fail does so now, unless it may have happened. */
    private void keep(List<Write> batch, SQLException cause) {
        if (trouble == null) {
            LOG.error("the record cannot be written; no new tasks until it can: {}", cause.getMessage());
        }
        trouble = unavailable(cause);
        for (Write write : batch.reversed()) {
            if (write.failed() == null) {
                unwritten.addFirst(write);
            }
        }
        for (Write write : batch) {
            if (write.failed() != null && cause instanceof WritingConnection.CommitFailed) {
                doubtful.add(write, cause);
            } else {
                fail(write, cause);
            }
        }
        failWaiting(cause);
    }

    /** why: those who wait for an answer would wait as long as the trouble lasts. */
    private void failWaiting(SQLException cause) {
        queue.removeFallible().forEach(write -> fail(write, cause));
    }

    private void recover() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        try {
            connection.reconnectIfLost();
            leadLost = false;
        } catch (RbeesException e) {
            LOG.debug("the database does not answer yet: {}", e.getMessage());
            if (e.code() == ErrorCode.CONFLICT) {
                leadLost = true;
                deposed.run();
            }
        } catch (SQLException e) {
            LOG.debug("the database does not answer yet: {}", e.getMessage());
        }
        if (closing) {
            giveUpIfLate();
        }
    }

    /** A program that ends does not wait for a database that is away. */
    private void giveUpIfLate() {
        long now = System.nanoTime();
        if (lostFrom == 0) {
            lostFrom = now;
        }
        if (leadLost || now - lostFrom > CLOSE_LIMIT.toNanos()) {
            queue.drainAll(unwritten);
            LOG.error("{} writes are lost", unwritten.size());
            unwritten.forEach(write -> fail(write, new SQLException("closed")));
            unwritten.clear();
            doubtful.giveUp();
        }
    }

    static void fail(Write write, SQLException cause) {
        if (write.failed() != null) {
            write.failed().accept(cause instanceof WritingConnection.Unfit
                    ? new RbeesException(ErrorCode.INTERNAL,
                            "the record of this is damaged; the log of the orchestrator has more",
                            cause)
                    : unavailable(cause));
        }
    }

    /** Says that nothing can be written at present. */
    static RbeesException unavailable(@Nullable Exception cause) {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                "the orchestrator cannot write its record at present (is its disk full, or its database away?); try again later",
                cause);
    }

    /** Writes what was handed in; gives up after a while when the database is away. */
    @Override
    public void close() {
        closing = true;
        thread.close();
    }
}
