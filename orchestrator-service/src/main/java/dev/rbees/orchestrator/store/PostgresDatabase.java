package dev.rbees.orchestrator.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** A database of a PostgreSQL server. The password, if it asks for one, comes from {@code ~/.pgpass} or {@code PGPASSFILE}. */
final class PostgresDatabase implements Database {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresDatabase.class);

    /** The number of our advisory lock: "rbees" in ASCII. */
    static final long LOCK = 0x7262656573L;
    private static final String CONNECT_SECONDS = "5";
    private static final String ANSWER_SECONDS = "30";

    /** Notes that an orchestrator leads, and lives. */
    static final String BEAT = "INSERT INTO leader (one, url, beat) VALUES (1, ?, now())"
            + " ON CONFLICT (one) DO UPDATE SET url = excluded.url, beat = now()";

    private final PostgresAddress address;
    private final String url;
    /** The last connection for writing, whose lock the server may still hold when the network has swallowed its end. */
    private PostgresSession former = PostgresSession.NONE;

    private PostgresDatabase(PostgresAddress address, String url) {
        this.address = address;
        this.url = url;
    }

    /**
     * Brings its tables up to date.
     *
     * @param url where this orchestrator is found when it leads; empty for one that shares with none
     * @throws RbeesException STORAGE_UNAVAILABLE when it cannot be reached, or was made by a newer rbees
     */
    static PostgresDatabase prepare(PostgresAddress address, String url) {
        PostgresDatabase database = new PostgresDatabase(address, url);
        try (Connection _ = database.connect()) {
            // why: Flyway would try an address where nothing answers again and again for ten seconds
            Flyway.configure().dataSource(address.jdbcUrl(), address.user(), null).locations("classpath:db/postgresql")
                    .load()
                    .migrate();
            return database;
        } catch (SQLException | FlywayException e) {
            throw database.cannotOpen(e);
        }
    }

    /** By what the key of its prompts is known; empty before the first orchestrator has led. */
    Optional<String> keyFingerprint() {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT fingerprint FROM prompt_key")) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        } catch (SQLException e) {
            throw cannotOpen(e);
        }
    }

    @Override
    public Connection connect() {
        Properties properties = new Properties();
        properties.setProperty("user", address.user());
        properties.setProperty("ApplicationName", "rbees-orcd");
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", ANSWER_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        try {
            return DriverManager.getConnection(address.jdbcUrl(), properties);
        } catch (SQLException e) {
            throw cannotOpen(e);
        }
    }

    @Override
    public Connection connectWriter() {
        Connection connection = connect();
        try {
            if (locked(connection) || lockedAfterFormer(connection)) {
                requireDurable(connection);
                beat(connection);
                former = PostgresSession.of(connection);
                return connection;
            }
        } catch (SQLException e) {
            close(connection);
            throw cannotOpen(e);
        }
        close(connection);
        throw new RbeesException(ErrorCode.CONFLICT, "another rbees-orcd leads at " + address
                + "; stop it, take another database, or start both with --advertise-url, so that one takes over from the other");
    }

    /** why: the server would keep the lock for a moment longer than the connection. */
    @Override
    public void closeWriter(Connection writer) throws SQLException {
        try (writer; Statement statement = writer.createStatement()) {
            statement.execute("SELECT pg_advisory_unlock_all()");
        }
    }

    private static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("a connection was not closed cleanly: {}", e.getMessage());
        }
    }

    private boolean lockedAfterFormer(Connection connection) throws SQLException {
        former.endOver(connection);
        return locked(connection);
    }

    private static boolean locked(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_try_advisory_lock(" + LOCK + ")")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /**
     * Accepted means durable: the server must force to its disk what it says is committed.
     *
     * <p>
     * why: a server, a database or a role may have another default than {@code on}. {@code remote_apply}, {@code remote_write} and
     * {@code local} all wait for the server's own disk, and whoever set them meant it.
     */
    private void requireDurable(Connection connection) throws SQLException {
        if ("off".equals(setting(connection, "fsync"))) {
            close(connection);
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "the server of " + address
                    + " runs with fsync = off, so that a power loss would damage the record; set fsync = on in its"
                    + " postgresql.conf and let it read that again (pg_ctl reload)");
        }
        if ("off".equals(setting(connection, "synchronous_commit"))) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET SESSION synchronous_commit = on");
            }
        }
    }

    private static String setting(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("SHOW " + name)) {
            row.next();
            return row.getString(1);
        }
    }

    private void beat(Connection connection) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement(BEAT)) {
            upsert.setString(1, url);
            upsert.executeUpdate();
        }
    }

    /**
     * Each commit is forced.
     *
     * <p>
     * why: a server that dies with commits in its memory would leave a hole in the logs of tasks that go on here.
     */
    @Override
    public void begin(Statement statement, boolean forced) throws SQLException {
        statement.execute("BEGIN");
    }

    /** By the classes of the SQL standard: 22 is data that does not fit, 23 a constraint. */
    @Override
    public boolean refused(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("22") || state.startsWith("23"));
    }

    /** That is the work of the server's autovacuum. */
    @Override
    public boolean shrink(Statements statements) {
        return false;
    }

    /** Likewise. */
    @Override
    public void scrub() {
        // nothing is in our hands
    }

    RbeesException cannotOpen(Exception cause) {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                "cannot open the database " + address + ": " + PostgresTrouble.of(address, cause), cause);
    }
}
