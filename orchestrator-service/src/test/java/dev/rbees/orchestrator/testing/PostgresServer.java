package dev.rbees.orchestrator.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;

import dev.rbees.orchestrator.store.PostgresAddress;

/** A real server with a folder of its own, from the programs of the system. */
public final class PostgresServer implements AutoCloseable {

    private static final Path PACKAGES = Path.of("/usr/lib/postgresql");
    private static final String USER = "rbees";

    private final Path programs;
    private final Path folder;
    private final int port;
    private int databases;

    private PostgresServer(Path programs, Path folder, int port) {
        this.programs = programs;
        this.folder = folder;
        this.port = port;
    }

    /** Skips the test where PostgreSQL is not installed. */
    public static PostgresServer start() {
        Optional<Path> programs = programs();
        Assumptions.assumeTrue(programs.isPresent(), "PostgreSQL is not installed (package postgresql)");
        try {
            // why: a folder of the test's user would be closed to the user that the server runs as
            Path folder = Files.createTempDirectory("rbees-postgres");
            PostgresServer server = new PostgresServer(programs.orElseThrow(), folder, freePort());
            if (isRoot()) {
                run(List.of("chown", "postgres", folder.toString()));
            }
            server.program("initdb", "-D", server.data(), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync");
            server.protect();
            server.launch();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The user {@code guarded} needs a password, and {@code barred} is never let in; all others need nothing. */
    private void protect() throws IOException {
        Path rules = Path.of(data(), "pg_hba.conf");
        Files.writeString(rules,
                "host all guarded all scram-sha-256\nhost all barred all reject\n" + Files.readString(rules));
    }

    private static Optional<Path> programs() {
        try (Stream<Path> versions = Files.list(PACKAGES)) {
            return versions.map(version -> version.resolve("bin")).filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private void launch() {
        program("pg_ctl", "-D", data(), "-w", "-l", folder.resolve("log").toString(), "-o",
                "-p " + port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", "start");
    }

    /** As after a failure of its machine: nothing is said to clients before. */
    public void restart() {
        program("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
        launch();
    }

    /** An empty database. */
    public PostgresAddress createDatabase() {
        String name = "test" + ++databases;
        try (Connection connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", USER,
                "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return PostgresAddress.parse("postgresql://" + USER + "@127.0.0.1:" + port + "/" + name).orElseThrow();
    }

    private void program(String name, String... arguments) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            // why: the server refuses to run as root
            command.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        command.add(programs.resolve(name).toString());
        command.addAll(List.of(arguments));
        run(command);
    }

    private static void run(List<String> command) {
        try {
            Path output = Files.createTempFile("rbees-postgres", ".out");
            Process process = new ProcessBuilder(command).directory(Path.of("/").toFile()).redirectErrorStream(true)
                    .redirectOutput(output.toFile()).start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(command + ": " + Files.readString(output));
            }
            Files.delete(output);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        program("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
        run(List.of("rm", "-rf", folder.toString()));
    }
}
