package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.testing.PostgresServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What a real server has against us. */
class PostgresTroubleTest {

    private static final String PASSFILE = "org.postgresql.pgpassfile";

    private static PostgresServer server;
    private static PostgresAddress database;

    @TempDir
    Path folder;

    @BeforeAll
    static void startServer() throws SQLException {
        server = PostgresServer.start();
        database = server.createDatabase();
        try (Connection connection = DriverManager.getConnection(database.jdbcUrl(), database.user(), "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'");
            statement.execute("CREATE ROLE guest LOGIN");
            statement.execute("CREATE ROLE barred LOGIN");
        }
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void forgetPasswords() {
        System.clearProperty(PASSFILE);
    }

    private static PostgresAddress as(String user) {
        return new PostgresAddress(database.host(), database.port(), database.database(), user);
    }

    private static String refusal(PostgresAddress address) {
        RbeesException failure = catchThrowableOfType(RbeesException.class, () -> PostgresDatabase.prepare(address, ""));
        assertThat(failure.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
        return failure.userMessage();
    }

    private void passwords(String line) throws IOException {
        Path file = Files.writeString(folder.resolve("pgpass"), line);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        System.setProperty(PASSFILE, file.toString());
    }

    @Test
    void aMissingPasswordAndAWrongOneAreToldApart() throws IOException {
        passwords("");
        String line = database.host() + ":" + database.port() + ":" + database.database() + ":guarded:";
        assertThat(refusal(as("guarded"))).contains("asks the user 'guarded' for a password; write the line " + line)
                .contains("~/.pgpass");
        passwords(line + "wrong");
        assertThat(refusal(as("guarded"))).contains("does not take the password of the user 'guarded'")
                .doesNotContain("wrong");
    }

    @Test
    void aUserWhoIsNotThereOrNotLetInIsNamed() {
        assertThat(refusal(as("stranger"))).contains("does not let the user 'stranger' in").contains("createuser stranger");
        assertThat(refusal(as("barred"))).contains("does not let the user 'barred' in").contains("pg_hba.conf");
    }

    @Test
    void aMissingDatabaseIsToBeMade() {
        assertThat(refusal(new PostgresAddress(database.host(), database.port(), "absent", database.user())))
                .endsWith("the server has no database 'absent'; make it: createdb -O " + database.user() + " absent");
    }

    @Test
    void aUserWhoMayMakeNoTablesIsToOwnTheDatabase() {
        assertThat(refusal(as("guest"))).contains("the user 'guest' may not make tables there; let the database be its own: "
                + "ALTER DATABASE \"" + database.database() + "\" OWNER TO \"guest\"");
    }

    @Test
    void wrongHostsAndPortsAreToldApart() throws IOException {
        assertThat(refusal(new PostgresAddress("no-such-host.invalid", 5432, "x", "y")))
                .endsWith("there is no host 'no-such-host.invalid'; mend it in --database");
        assertThat(refusal(new PostgresAddress("127.0.0.1", 1, "x", "y")))
                .contains("nothing listens at 127.0.0.1:1; start the PostgreSQL server");
        try (ServerSocket web = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answer(web));
            assertThat(refusal(new PostgresAddress("127.0.0.1", web.getLocalPort(), "x", "y")))
                    .contains("127.0.0.1:" + web.getLocalPort() + " is no PostgreSQL server");
        }
    }

    private static void answer(ServerSocket web) {
        try (Socket client = web.accept()) {
            client.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
