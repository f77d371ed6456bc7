package dev.rbees.orchestrator.store;

import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.rbees.cli.Printable;

/** Why a database cannot be opened, and what to do about it, by the codes that PostgreSQL gives to its errors. */
final class PostgresTrouble {

    private static final String PASSWORDS = "~/.pgpass, or the file that PGPASSFILE names, with mode 0600";

    private PostgresTrouble() {}

    /** Both, in one sentence without a point. */
    static String of(PostgresAddress address, Throwable failure) {
        SQLException refusal = find(failure, SQLException.class);
        String state = refusal == null ? "" : Objects.requireNonNullElse(refusal.getSQLState(), "");
        String user = "the user '" + address.user() + "'";
        return switch (state) {
            // connection_exception, sqlclient_unable_to_establish_sqlconnection
            case "08001" -> unreachable(address, failure);
            // the driver's own, for a server that asks for a password when there is none
            case "08004" -> "the server asks " + user + " for a password; write the line " + line(address) + " into "
                    + PASSWORDS;
            // invalid_password
            case "28P01" -> "the server does not take the password of " + user + "; mend its line " + line(address) + " in "
                    + PASSWORDS;
            // invalid_authorization_specification
            case "28000" -> "the server does not let " + user + " in: does it exist (createuser " + address.user()
                    + "), and does pg_hba.conf let it come from this machine?";
            // invalid_catalog_name
            case "3D000" -> "the server has no database '" + address.database() + "'; make it: createdb -O " + address.user()
                    + " " + address.database();
            // insufficient_privilege
            case "42501" -> user + " may not make tables there; let the database be its own: ALTER DATABASE \""
                    + address.database() + "\" OWNER TO \"" + address.user() + "\"";
            // too_many_connections
            case "53300" -> "the server has no connection left; raise its max_connections, or end other programs";
            // cannot_connect_now
            case "57P03" -> "the server is just starting or stopping; try again in a moment";
            // protocol_violation
            case "08P01" ->
                "what listens at " + place(address) + " is no PostgreSQL server; mend host and port in --database";
            default -> other(refusal == null ? failure : refusal, state);
        };
    }

    private static String unreachable(PostgresAddress address, Throwable failure) {
        if (find(failure, UnknownHostException.class) != null) {
            return "there is no host '" + address.host() + "'; mend it in --database";
        }
        return find(failure, SocketTimeoutException.class) != null
                ? place(address) + " does not answer; is the address right, and no firewall between?"
                : "nothing listens at " + place(address)
                        + "; start the PostgreSQL server, or mend host and port in --database";
    }

    private static String other(Throwable failure, String state) {
        String message = Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName());
        return "it says: " + Printable.message(message) + (state.isEmpty() ? "" : " (" + state + ")");
    }

    private static String place(PostgresAddress address) {
        return address.host() + ":" + address.port();
    }

    private static String line(PostgresAddress address) {
        return String.join(":", address.host(), String.valueOf(address.port()), address.database(), address.user(),
                "PASSWORD");
    }

    private static <T extends Throwable> @Nullable T find(Throwable failure, Class<T> type) {
        Throwable cause = failure;
        // why: a chain of causes may be a ring
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (type.isInstance(cause)) {
                return type.cast(cause);
            }
            cause = cause.getCause();
        }
        return null;
    }
}
