package dev.rbees.orchestrator.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;

/**
 * Which of several orchestrators leads: the one whose connection for writing holds the lock of the database, so that whoever does
 * not lead cannot write. It shows that it lives by a beat; from one whose beat has stopped the lock is taken away with its connection.
 * For one thread.
 */
public final class Leadership implements AutoCloseable {

    /** A leader that has not beaten for so long has lost its lead. */
    public static final Duration LEASE = Duration.ofSeconds(6);

    private static final String LEADER = """
                                         SELECT (SELECT url FROM leader), coalesce((SELECT beat < now() - make_interval(secs => ?) FROM leader), true), (
                                             SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = ? AND objid = ? AND objsubid = 1
                                             AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))""";

    private final PostgresDatabase database;
    private Connection connection;

    private Leadership(PostgresDatabase database) {
        this.database = database;
        this.connection = database.connect();
    }

    /**
     * Looks at a database whose tables it brings up to date first.
     *
     * @param home has the key of the prompts, if this orchestrator has one yet
     * @throws RbeesException STORAGE_UNAVAILABLE when it cannot be reached, FORBIDDEN when the key is not that of the record,
     *     so that this orchestrator could never take over
     */
    public static Leadership at(PostgresAddress address, RbeesHome home) {
        PostgresDatabase database = PostgresDatabase.prepare(address, "");
        database.keyFingerprint().ifPresent(fingerprint -> PromptVault.requireKeyOf(home, fingerprint));
        return new Leadership(database);
    }

    /**
     * The address of who leads; empty when nobody does, so that whoever opens the record now leads.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when the database does not answer
     */
    public Optional<String> leader() {
        try (PreparedStatement select = connection().prepareStatement(LEADER)) {
            select.setDouble(1, (double) LEASE.toSeconds());
            select.setInt(2, (int) (PostgresDatabase.LOCK >>> 32));
            select.setInt(3, (int) PostgresDatabase.LOCK);
            try (ResultSet row = select.executeQuery()) {
                row.next();
                int process = row.getInt(3);
                if (row.wasNull()) {
                    return Optional.empty();
                }
                return row.getBoolean(2) ? takeAway(process) : Optional.ofNullable(row.getString(1));
            }
        } catch (SQLException e) {
            throw database.cannotOpen(e);
        }
    }

    private Optional<String> takeAway(int process) throws SQLException {
        try (PreparedStatement terminate = connection.prepareStatement("SELECT pg_terminate_backend(?, 2000)")) {
            terminate.setInt(1, process);
            terminate.execute();
        }
        return Optional.empty();
    }

    private Connection connection() throws SQLException {
        if (!connection.isValid((int) LEASE.toSeconds())) {
            connection.close();
            connection = database.connect();
        }
        return connection;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw database.cannotOpen(e);
        }
    }
}
