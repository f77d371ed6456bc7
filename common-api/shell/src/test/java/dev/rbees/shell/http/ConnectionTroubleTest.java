package dev.rbees.shell.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.cli.UsageException;
import dev.rbees.home.CaFile;
import dev.rbees.testing.TlsServer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ConnectionTroubleTest {

    private static final String TODAY = "-1d";

    @TempDir
    Path folder;

    private static ProgramClient client(String base, Optional<Path> authority) {
        return new ProgramClient(URI.create(base), Optional.empty(), authority.map(Path::toString).map(CaFile::new),
                Duration.ofSeconds(5), Duration.ofSeconds(2));
    }

    private static ConnectionTrouble trouble(String base, Optional<Path> authority) {
        IOException failure = catchThrowableOfType(IOException.class, () -> client(base, authority).get("/", Map.of()));
        return ConnectionTrouble.of(URI.create(base), failure);
    }

    private static ConnectionTrouble trouble(String base) {
        return trouble(base, Optional.empty());
    }

    @Test
    void tellsCertificatesThatAreNotTrustedFromThoseThatAreWrong() throws Exception {
        try (TlsServer server = new TlsServer(folder.resolve("good"), "ip:127.0.0.1", TODAY)) {
            String base = "https://127.0.0.1:" + server.port();
            assertThat(trouble(base)).isEqualTo(ConnectionTrouble.CERTIFICATE_UNTRUSTED);
            assertThat(trouble("http://127.0.0.1:" + server.port())).isEqualTo(ConnectionTrouble.TLS_WANTED);
            assertThat(trouble("https://localhost:" + server.port(), Optional.of(server.authority())))
                    .isEqualTo(ConnectionTrouble.CERTIFICATE_OF_ANOTHER);
            try (ProgramAnswer answer = client(base, Optional.of(server.authority())).get("/", Map.of())) {
                assertThat(answer.text()).isEqualTo("{}");
            }
        }
        try (TlsServer server = new TlsServer(folder.resolve("old"), "ip:127.0.0.1", "-9d")) {
            assertThat(trouble("https://127.0.0.1:" + server.port(), Optional.of(server.authority())))
                    .isEqualTo(ConnectionTrouble.CERTIFICATE_OUTDATED);
        }
    }

    @Test
    void tellsWhereNothingListensFromWhereSomethingElseDoes() throws Exception {
        assertThat(trouble("http://127.0.0.1:1")).isEqualTo(ConnectionTrouble.NOTHING_LISTENS);
        assertThat(trouble("http://no-such-host.invalid")).isEqualTo(ConnectionTrouble.NAME_UNKNOWN);
        try (ServerSocket other = says("SSH-2.0-other\r\n")) {
            assertThat(trouble("http://127.0.0.1:" + other.getLocalPort())).isEqualTo(ConnectionTrouble.NO_HTTP);
            assertThat(trouble("https://127.0.0.1:" + other.getLocalPort())).isEqualTo(ConnectionTrouble.NO_TLS);
        }
        try (ServerSocket other = says("")) {
            assertThat(trouble("http://127.0.0.1:" + other.getLocalPort())).isEqualTo(ConnectionTrouble.BROKEN);
        }
    }

    @Test
    void onlyWhatReachedNobodyMayBeAskedOfAnother() {
        assertThat(ConnectionTrouble.values()).filteredOn(ConnectionTrouble::reachedNobody)
                .containsExactly(ConnectionTrouble.NAME_UNKNOWN, ConnectionTrouble.NOTHING_LISTENS,
                        ConnectionTrouble.NO_WAY);
    }

    @Test
    void aFileWithoutCertificatesIsRefused() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
        assertThatThrownBy(() -> client("https://127.0.0.1:1", Optional.of(empty)).get("/", Map.of()))
                .isInstanceOf(UsageException.class).hasMessageContaining("holds no certificate in PEM");
        assertThatThrownBy(() -> client("https://127.0.0.1:1", Optional.of(folder.resolve("gone"))).get("/", Map.of()))
                .isInstanceOf(UsageException.class).hasMessageContaining("cannot be read");
    }

    /** A server that greets everybody with a text and hangs up. */
    private static ServerSocket says(String greeting) throws IOException {
        ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read(new byte[4096]);
                    socket.getOutputStream().write(greeting.getBytes(UTF_8));
                } catch (IOException _) {
                    // the next one
                }
            }
        });
        return server;
    }
}
