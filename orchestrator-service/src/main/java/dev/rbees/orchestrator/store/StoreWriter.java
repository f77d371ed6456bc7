package dev.rbees.orchestrator.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * The one thread that writes to the database. It commits whatever has come together in the meantime at once: a commit that holds a
 * durable write is forced to the disk, others are only handed to the system and forced within {@link #SYNC_LIMIT}.
 */
final class StoreWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);
    private static final int CAPACITY = 65_536;
    private static final int BATCH = 1_024;
    private static final Duration SYNC_LIMIT = Duration.ofMillis(200);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(200);

    /** SQL to run inside the transaction. */
    @FunctionalInterface
    interface Work {
        void run(Statements statements) throws SQLException;
    }

    /**
     * @param work what to do
     * @param durable whether {@code done} must wait for the disk
     * @param done runs after the commit
     * @param failed runs instead when the storage is in trouble; null for a write that must not be lost
     */
    record Write(Work work, boolean durable, Runnable done, @Nullable Consumer<RbeesException> failed) {}

    private static final int ALIVE_SECONDS = 5;

    private final Database database;
    private final Runnable deposed;
    private Connection connection;
    private Statements statements;
    private final BlockingQueue<Write> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final Thread thread;
    private Deque<Write> unwritten = new ArrayDeque<>();
    private long unsyncedSince;
    private volatile boolean closing;
    private volatile @Nullable RbeesException trouble;

    /**
     * @param deposed runs when somebody else has begun to write to the database, so that this never will again
     * @throws RbeesException when the database cannot be written to, or somebody else writes to it
     */
    StoreWriter(Database database, Runnable deposed) {
        this.database = database;
        this.deposed = deposed;
        this.connection = database.connectWriter();
        this.statements = new Statements(connection);
        this.thread = Thread.ofPlatform().name("store-writer").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * Hands a write in, without waiting.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when too many wait already
     */
    void write(Write write) {
        if (closing || !queue.offer(write)) {
            throw unavailable(null);
        }
    }

    /** Hands a write in that must not be lost; waits while too many are waiting already. */
    void writeForSure(Write write) {
        try {
            queue.put(write);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable(null);
        }
    }

    @Nullable
    RbeesException trouble() {
        return trouble;
    }

    private void run() {
        List<Write> batch = new ArrayList<>(BATCH);
        try {
            while (!(closing && queue.isEmpty() && unwritten.isEmpty())) {
                gather(batch);
                commit(batch);
                batch.clear();
            }
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.error("the database was not closed cleanly", e);
        }
    }

    /** What is to be committed next; empty when it is only time to force the last commits to the disk. */
    private void gather(List<Write> batch) throws InterruptedException {
        while (batch.size() < BATCH && !unwritten.isEmpty()) {
            batch.add(unwritten.removeFirst());
        }
        if (batch.isEmpty()) {
            Write first = queue.poll(untilSync(), TimeUnit.NANOSECONDS);
            if (first == null) {
                return;
            }
            batch.add(first);
        }
        queue.drainTo(batch, BATCH - batch.size());
    }

    private long untilSync() {
        return unsyncedSince == 0
                ? SYNC_LIMIT.toNanos()
                : Math.max(0, unsyncedSince + SYNC_LIMIT.toNanos() - System.nanoTime());
    }

    private void commit(List<Write> batch) throws InterruptedException {
        boolean overdue = unsyncedSince != 0 && untilSync() == 0;
        boolean probing = trouble != null;
        if (batch.isEmpty() && !overdue && !probing) {
            return;
        }
        boolean force = overdue || probing || batch.stream().anyMatch(Write::durable);
        try {
            transaction(force, batch);
            noteSync(force);
            trouble = null;
        } catch (SQLException e) {
            rollback();
            recover(batch, e);
            return;
        }
        batch.forEach(StoreWriter::done);
    }

    private void noteSync(boolean forced) {
        if (forced) {
            unsyncedSince = 0;
        } else if (unsyncedSince == 0) {
            unsyncedSince = System.nanoTime();
        }
    }

    private void transaction(boolean force, List<Write> batch) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            database.begin(statement, force);
            for (Write write : batch) {
                write.work().run(statements);
            }
            if (batch.isEmpty()) {
                statement.execute("INSERT INTO heartbeat (one, at) VALUES (1, " + System.currentTimeMillis()
                        + ") ON CONFLICT (one) DO UPDATE SET at = excluded.at");
            }
            statement.execute("COMMIT");
        }
    }

    private void rollback() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            LOG.debug("nothing to roll back: {}", e.getMessage());
        }
    }

    /** One bad write must not take the others with it, and trouble of the storage must lose nothing that was accepted. */
    private void recover(List<Write> batch, SQLException cause) throws InterruptedException {
        if (database.refused(cause)) {
            if (batch.size() == 1) {
                LOG.error("a write was refused by the database and is dropped", cause);
                fail(batch.getFirst(), cause);
            } else {
                for (Write write : batch) {
                    commit(List.of(write));
                }
            }
            return;
        }
        if (trouble == null) {
            LOG.error("the record cannot be written; no new tasks until it can: {}", cause.getMessage());
        }
        trouble = unavailable(cause);
        for (Write write : batch) {
            if (write.failed() != null) {
                fail(write, cause);
            } else {
                unwritten.addLast(write);
            }
        }
        if (!closing) {
            Thread.sleep(RETRY_PAUSE);
            reconnectIfLost();
        } else {
            LOG.error("{} writes are lost", unwritten.size());
            unwritten = new ArrayDeque<>();
        }
    }

    private void reconnectIfLost() {
        try {
            if (!connection.isValid(ALIVE_SECONDS)) {
                connection.close();
                connection = database.connectWriter();
                statements = new Statements(connection);
                LOG.info("the database answers again");
            }
        } catch (RbeesException e) {
            LOG.debug("the database does not answer yet: {}", e.getMessage());
            if (e.code() == ErrorCode.CONFLICT) {
                deposed.run();
            }
        } catch (SQLException e) {
            LOG.debug("the database does not answer yet: {}", e.getMessage());
        }
    }

    private static void done(Write write) {
        try {
            write.done().run();
        } catch (RuntimeException e) {
            LOG.error("after a commit", e);
        }
    }

    private static void fail(Write write, SQLException cause) {
        if (write.failed() != null) {
            write.failed().accept(unavailable(cause));
        }
    }

    /** Says that nothing can be written at present. */
    static RbeesException unavailable(@Nullable Exception cause) {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                "the orchestrator cannot write its record at present (is its disk full, or its database away?); try again later",
                cause);
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
