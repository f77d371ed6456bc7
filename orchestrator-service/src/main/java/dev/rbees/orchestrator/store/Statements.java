package dev.rbees.orchestrator.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

import dev.rbees.thread.Ownership;

/** The statements of one connection, each prepared once. For its owner alone; nobody closes a statement that it got from here. */
final class Statements {

    private final Connection connection;
    private final Ownership ownership;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    Statements(Connection connection, Ownership ownership) {
        this.connection = connection;
        this.ownership = ownership;
    }

    /**
     * @param sql one of the texts that the program is made of, so that there are never many
     * @throws IllegalStateException on another thread than the one that owns the connection
     */
    PreparedStatement of(String sql) throws SQLException {
        ownership.check();
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        return statement;
    }
}
