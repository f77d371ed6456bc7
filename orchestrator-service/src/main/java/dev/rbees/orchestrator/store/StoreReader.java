package dev.rbees.orchestrator.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** Reads the database, one query at a time; which thread asks does not matter, but it waits. */
final class StoreReader implements AutoCloseable {

    private static final int ALIVE_SECONDS = 5;

    private final Database database;
    private final DamagedRows damaged = new DamagedRows();
    @GuardedBy("this")
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

    /**
     * Reads rows of which none may be missing. A row that has a column {@code id} is named by it in the log when it is damaged.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when the database cannot be read, INTERNAL when a row is damaged
     */
    <T> List<T> query(String sql, RowReader<T> rows, Object... parameters) {
        return read(sql, row -> {
            try {
                return rows.read(row);
            } catch (RuntimeException e) {
                damaged.note(sql, row, e, parameters);
                throw new RbeesException(ErrorCode.INTERNAL,
                        "the record of this is damaged; the log of the orchestrator says which",
                        e);
            }
        }, parameters);
    }

    /**
     * Reads rows that do not need each other: a damaged one is passed over and said once in the log, where it is named by its
     * column {@code id} if it has one.
     *
     * @throws RbeesException STORAGE_UNAVAILABLE when the database cannot be read
     */
    <T> List<T> queryWhole(String sql, RowReader<T> rows, Object... parameters) {
        List<Optional<T>> all = read(sql, row -> {
            try {
                return Optional.of(rows.read(row));
            } catch (RuntimeException e) {
                damaged.note(sql, row, e, parameters);
                return Optional.empty();
            }
        }, parameters);
        return all.stream().flatMap(Optional::stream).toList();
    }

    private synchronized <T> List<T> read(String sql, RowReader<T> rows, Object... parameters) {
        try {
            return select(sql, rows, parameters);
        } catch (SQLException e) {
            return selectAgain(e, sql, rows, parameters);
        }
    }

    @GuardedBy("this")
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
    @GuardedBy("this")
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

    private static RbeesException unreadable(@Nullable SQLException cause) {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "the orchestrator cannot read its record at present;"
                + " try again later", cause);
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
