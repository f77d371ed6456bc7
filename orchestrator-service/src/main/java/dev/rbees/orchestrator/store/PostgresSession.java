package dev.rbees.orchestrator.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;

/**
 * A connection as its server knows it: the number of its process there, which may be given to another one later, and when that began.
 *
 * @param process 0 for none
 * @param began of the process
 */
record PostgresSession(int process, Timestamp began) {

    static final PostgresSession NONE = new PostgresSession(0, new Timestamp(0));

    private static final int WAIT_MILLIS = 2_000;

    /** That of a connection. */
    static PostgresSession of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement
                        .executeQuery("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")) {
            row.next();
            return new PostgresSession(row.getInt(1), row.getTimestamp(2));
        }
    }

    /**
     * Ends this one over another connection, when the server still has it, and waits until it has ended.
     *
     * <p>
     * why: the network may have broken without a word to the server, which keeps the lock of a connection that it believes in, and
     * goes on with what it was told last.
     */
    void endOver(Connection other) throws SQLException {
        if (process == 0) {
            return;
        }
        try (PreparedStatement end = other.prepareStatement(
                "SELECT pg_terminate_backend(pid, ?) FROM pg_stat_activity WHERE pid = ? AND backend_start = ?")) {
            end.setLong(1, WAIT_MILLIS);
            end.setInt(2, process);
            end.setTimestamp(3, began);
            end.execute();
        }
    }
}
