package dev.rbees.orchestrator.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** Reads the database, one query at a time; which thread asks does not matter. */
final class StoreReader implements AutoCloseable {

    private static final int ALIVE_SECONDS = 5;

    private final Database database;
    private Connection connection;

    StoreReader(Database database) {
        this.database = database;
        this.connection = database.connect();
    }

    /** Makes a value of the row that the result set stands at. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** @throws RbeesException STORAGE_UNAVAILABLE */
    synchronized <T> List<T> query(String sql, RowReader<T> rows, Object... parameters) {
        try {
            return select(sql, rows, parameters);
        } catch (SQLException e) {
            return selectAgain(e, sql, rows, parameters);
        }
    }

    private <T> List<T> select(String sql, RowReader<T> rows, Object... parameters) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                select.setObject(i + 1, parameters[i]);
            }
            List<T> found = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    found.add(rows.read(row));
                }
            }
            return found;
        }
    }

    /** why: a server may have been started anew since the last time. */
    private <T> List<T> selectAgain(SQLException failure, String sql, RowReader<T> rows, Object... parameters) {
        try {
            if (connection.isValid(ALIVE_SECONDS)) {
                throw unreadable(failure);
            }
            connection.close();
            connection = database.connect();
            return select(sql, rows, parameters);
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }

    private static RbeesException unreadable(SQLException cause) {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "the orchestrator cannot read its record", cause);
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw unreadable(e);
        }
    }
}
