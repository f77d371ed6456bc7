package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
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
            database.requirePrivate();
            database.requireReadable();
            Flyway.configure().dataSource("jdbc:sqlite:" + file, null, null).locations("classpath:db/sqlite").load()
                    .migrate();
            return database;
        } catch (IOException | FlywayException e) {
            throw database.cannotOpen(e);
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

    private RbeesException cannotOpen(Exception cause) {
        return new RbeesException(ErrorCode.STORAGE_UNAVAILABLE,
                "cannot open " + file + ": is the disk full, or the file damaged or made by a newer rbees?", cause);
    }
}
