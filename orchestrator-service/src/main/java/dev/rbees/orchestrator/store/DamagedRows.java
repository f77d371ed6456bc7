package dev.rbees.orchestrator.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows that could not be read, though the database gave them out: each is said once in the log, by its table and its id and without
 * what is in it. Safe for use by several threads.
 */
final class DamagedRows {

    private static final Logger LOG = LoggerFactory.getLogger(DamagedRows.class);
    private static final Pattern TABLE = Pattern.compile("\\bFROM\\s+(\\w+)", Pattern.CASE_INSENSITIVE);
    private static final int MOST = 10_000;

    @GuardedBy("this")
    private final Set<String> named = new HashSet<>();

    /**
     * @param sql what was asked
     * @param row the result set, which stands at the row
     * @param parameters of the query, of which the only one is taken for the id where the row does not tell it
     */
    void note(String sql, ResultSet row, RuntimeException cause, Object... parameters) {
        Matcher table = TABLE.matcher(sql);
        String name = (table.find() ? table.group(1).toLowerCase(Locale.ROOT) : "a table") + " " + id(row, parameters);
        if (isNew(name)) {
            LOG.error("a row of the record is damaged and cannot be used ({}): {}", cause.getClass().getSimpleName(), name);
        }
    }

    private synchronized boolean isNew(String name) {
        return named.size() < MOST && named.add(name);
    }

    private static String id(ResultSet row, Object... parameters) {
        try {
            return String.valueOf(row.getString("id"));
        } catch (SQLException e) {
            return parameters.length == 1 ? String.valueOf(parameters[0]) : "(of unknown id)";
        }
    }
}
