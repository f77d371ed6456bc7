package dev.rbees.orchestrator.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A database that holds the record, its tables up to date: how it is reached, and where it differs from others. */
interface Database {

    /**
     * A connection for reading, in autocommit mode.
     *
     * @throws dev.rbees.api.error.RbeesException STORAGE_UNAVAILABLE
     */
    Connection connect();

    /**
     * The connection for writing, in autocommit mode. There is one at a time.
     *
     * @throws dev.rbees.api.error.RbeesException STORAGE_UNAVAILABLE, or CONFLICT when another orchestrator has it
     */
    Connection connectWriter();

    /** Ends the connection for writing. When it returns, the next one can be opened, by whomever. */
    default void closeWriter(Connection writer) throws SQLException {
        writer.close();
    }

    /**
     * Begins a transaction on the connection for writing.
     *
     * @param forced whether its commit must return only when it, and all before it, are on the disk
     */
    void begin(Statement statement, boolean forced) throws SQLException;

    /** Whether a failure is the fault of what was to be written, and not of the storage. */
    boolean refused(SQLException failure);

    /**
     * Gives some of the room that is not used any more back to the system. Part of a transaction of the writer, and short.
     *
     * @return whether there is more to give back
     */
    boolean shrink(Statements statements) throws SQLException;

    /** Returns when no file has any more what was deleted, as far as that is in our hands. Not in a transaction; any thread. */
    void scrub() throws SQLException;
}
