package dev.rbees.orchestrator.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * Where a database of a PostgreSQL server is.
 *
 * @param host of the server
 * @param port of the server
 * @param database name of the database
 * @param user who uses it
 */
public record PostgresAddress(String host, int port, String database, String user) {

    private static final int DEFAULT_PORT = 5432;
    private static final String DEFAULT_USER = "rbees";
    private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}";

    /** Reads {@code postgresql://[user@]host[:port]/database}; empty when it has another form, or a password. */
    public static Optional<PostgresAddress> parse(String text) {
        try {
            URI uri = new URI(text);
            String user = uri.getUserInfo() == null ? DEFAULT_USER : uri.getUserInfo();
            String path = uri.getPath() == null ? "" : uri.getPath();
            boolean whole = ("postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme()))
                    && uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null
                    && user.matches(NAME) && path.matches("/" + NAME);
            return whole
                    ? Optional.of(new PostgresAddress(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
                            path.substring(1), user))
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    @Override
    public String toString() {
        return database + " of " + host + ":" + port;
    }
}
