package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.SecretFile;

/** The database file: its mode, its schema, its settings. */
final class SqliteDatabase implements Database {

    private static final int BUSY_TIMEOUT_MS = 5_000;

    /** why: 32 MB at a time; a checkpoint waits for the disk, and at the default of 4 MB there would be several a second. */
    private static final int CHECKPOINT_PAGES = 8_000;

    /** why: room is used again; only what was much larger once is worth the moving of pages. */
    private static final int SPARE_PAGES = 1_024;
    private static final int SPARE_PART = 8;
    private static final String PAGE_COUNT = "PRAGMA page_count";
    private static final int SHRINK_PAGES = 500;
    private static final int SCRUB_TRIES = 5;

    private final Path file;
    /** How the connection for writing commits at present. */
    private boolean forcing = true;

    private SqliteDatabase(Path file) {
        this.file = file;
    }

    /** Makes the file, readable by its owner alone, and brings its tables up to date. */
    static SqliteDatabase prepare(Path file) {
        SqliteDatabase database = new SqliteDatabase(file);
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            database.shrinkable();
            database.requirePrivate();
            database.requireReadable();
            Flyway.configure().dataSource("jdbc:sqlite:" + file, null, null).locations("classpath:db/sqlite").load()
                    .migrate();
            return database;
        } catch (IOException | FlywayException e) {
            throw database.cannotOpen(e);
        }
    }

    /** why: only a file without a table can be made one that shrinks; others go on as they are. */
    private void shrinkable() throws IOException {
        if (Files.size(file) > 0) {
            return;
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
            statement.execute("VACUUM");
        } catch (SQLException e) {
            throw cannotOpen(e);
        }
    }

    /** why: SQLite's own files beside it hold the same, and get the mode of the file only when SQLite makes them. */
    private void requirePrivate() {
        for (String suffix : List.of("", "-wal", "-shm", "-journal")) {
            Path part = file.resolveSibling(file.getFileName() + suffix);
            if (Files.exists(part)) {
                SecretFile.require(part, "the record");
            }
        }
    }

    /** why: Flyway would try a damaged file again and again for ten seconds. */
    private void requireReadable() {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA schema_version");
        } catch (SQLException e) {
            throw cannotOpen(e);
        }
    }

    @Override
    public Connection connect() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_TIMEOUT_MS);
        config.setPragma(SQLiteConfig.Pragma.WAL_AUTOCHECKPOINT, String.valueOf(CHECKPOINT_PAGES));
        config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "true");
        try {
            return config.createConnection("jdbc:sqlite:" + file);
        } catch (SQLException e) {
            throw cannotOpen(e);
        }
    }

    /** why: nobody else has the file, which the lock of RBEES_HOME sees to. */
    @Override
    public Connection connectWriter() {
        forcing = true;
        return connect();
    }

    @Override
    public void begin(Statement statement, boolean forced) throws SQLException {
        if (forced != forcing) {
            statement.execute("PRAGMA synchronous = " + (forced ? "FULL" : "NORMAL"));
            forcing = forced;
        }
        statement.execute("BEGIN IMMEDIATE");
    }

    @Override
    public boolean refused(SQLException failure) {
        return failure instanceof SQLiteException sqlite
                && (sqlite.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_CONSTRAINT.code;
    }

    @Override
    public boolean shrink(Statements statements) throws SQLException {
        long pages = number(statements, PAGE_COUNT);
        if (number(statements, "PRAGMA freelist_count") <= Math.max(SPARE_PAGES, pages / SPARE_PART)) {
            return false;
        }
        // why: as a prepared statement it would free one page and stop
        try (Statement step = statements.of(PAGE_COUNT).getConnection().createStatement()) {
            step.executeUpdate("PRAGMA incremental_vacuum(" + SHRINK_PAGES + ")");
        }
        return number(statements, PAGE_COUNT) < pages;
    }

    private static long number(Statements statements, String pragma) throws SQLException {
        try (ResultSet row = statements.of(pragma).executeQuery()) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** What was deleted is overwritten in the file; the log of changes, which has copies of it, is emptied. */
    @Override
    public void scrub() throws SQLException {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            for (int i = 0; i < SCRUB_TRIES; i++) {
                try (ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                    if (row.next() && row.getInt(1) == 0) {
                        return;
                    }
                }
            }
        }
        throw new SQLException("others read or write all the time");
    }

    private RbeesException cannotOpen(Exception cause) {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                "cannot open " + file + ": is the disk full, or the file damaged or made by a newer rbees?", cause);
    }
}
