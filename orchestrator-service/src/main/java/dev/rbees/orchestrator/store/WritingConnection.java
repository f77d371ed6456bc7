package dev.rbees.orchestrator.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.store.StoreWriter.Landed;
import dev.rbees.orchestrator.store.StoreWriter.Write;
import dev.rbees.thread.Ownership;

/** The one connection that writes, and its transactions. It belongs to the thread that claims it. */
final class WritingConnection {

    private static final Logger LOG = LoggerFactory.getLogger(WritingConnection.class);
    private static final int ALIVE_SECONDS = 5;

    /** A commit failed, so that nobody knows yet whether it has happened. */
    static final class CommitFailed extends SQLException {

        private static final long serialVersionUID = 1L;

        CommitFailed(SQLException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** What was to be written, or stands in its way, cannot be used: the fault of neither the database nor the disk. */
    static final class Unfit extends SQLException {

        private static final long serialVersionUID = 1L;

        Unfit(RbeesException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private final Database database;
    private final Ownership ownership = new Ownership("the connection for writing");
    private Connection connection;
    private Statements statements;

    /** @throws RbeesException when the database cannot be written to, or somebody else writes to it */
    WritingConnection(Database database) {
        this.database = database;
        this.connection = database.connectWriter();
        this.statements = new Statements(connection, ownership);
    }

    /** From now on it belongs to the calling thread. */
    void claim() {
        ownership.claim();
    }

    /**
     * Writes all in one transaction, or nothing. Writes that the database refuses are left out, the others go in all the same, in their
     * order.
     *
     * @param forced whether it returns only when all is on the disk
     * @return what was refused, and why; most of the time nothing
     * @throws CommitFailed when nobody knows whether it was written
     * @throws SQLException when nothing was written
     */
    IdentityHashMap<Write, SQLException> commit(boolean forced, List<Write> batch) throws SQLException {
        ownership.check();
        IdentityHashMap<Write, SQLException> refused = new IdentityHashMap<>();
        try {
            transaction(forced, statement -> runAll(statement, batch));
            return refused;
        } catch (SQLException e) {
            rollback();
            if (!refused(e)) {
                throw e;
            }
        }
        try {
            transaction(forced, statement -> runEach(statement, batch, refused));
            return refused;
        } catch (SQLException e) {
            rollback();
            throw e;
        }
    }

    @FunctionalInterface
    private interface Body {
        void run(Statement statement) throws SQLException;
    }

    private void transaction(boolean forced, Body body) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            database.begin(statement, forced);
            body.run(statement);
            commit(statement);
        }
    }

    private static void commit(Statement statement) throws SQLException {
        try {
            statement.execute("COMMIT");
        } catch (SQLException e) {
            throw new CommitFailed(e);
        }
    }

    private void runAll(Statement statement, List<Write> batch) throws SQLException {
        for (Write write : batch) {
            run(write);
        }
        if (batch.isEmpty()) {
            statement.execute("INSERT INTO heartbeat (one, at) VALUES (1, " + System.currentTimeMillis()
                    + ") ON CONFLICT (one) DO UPDATE SET at = excluded.at");
        }
    }

    private void runEach(Statement statement, List<Write> batch, IdentityHashMap<Write, SQLException> refused)
            throws SQLException {
        for (Write write : batch) {
            statement.execute("SAVEPOINT each_write");
            try {
                run(write);
            } catch (SQLException e) {
                if (!refused(e)) {
                    throw e;
                }
                refused.put(write, e);
                statement.execute("ROLLBACK TO SAVEPOINT each_write");
            }
            statement.execute("RELEASE SAVEPOINT each_write");
        }
    }

    private void run(Write write) throws SQLException {
        try {
            write.work().run(statements);
        } catch (RbeesException e) {
            throw new Unfit(e);
        }
    }

    private boolean refused(SQLException failure) {
        return failure instanceof Unfit || database.refused(failure);
    }

    private void rollback() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("ROLLBACK");
        } catch (SQLException e) {
            LOG.debug("nothing to roll back: {}", e.getMessage());
        }
    }

    /** What has become of a write whose commit failed. */
    boolean landed(Landed lookup) throws SQLException {
        ownership.check();
        return lookup.look(statements);
    }

    /**
     * Connects anew where the database does not answer any more. What the former connection was doing has ended then, for better or
     * worse: it held the lock of those who write.
     *
     * @throws RbeesException as {@link Database#connectWriter}
     * @throws SQLException when the database does not answer
     */
    void reconnectIfLost() throws SQLException {
        ownership.check();
        if (!connection.isValid(ALIVE_SECONDS)) {
            connection.close();
            connection = database.connectWriter();
            statements = new Statements(connection, ownership);
            LOG.info("the database answers again");
        }
    }

    void close() {
        ownership.check();
        try {
            database.closeWriter(connection);
        } catch (SQLException e) {
            LOG.error("the database was not closed cleanly", e);
        }
    }
}
