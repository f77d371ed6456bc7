package dev.rbees.orchestrator.provisioning;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.remote.OpenSshServer;
import dev.rbees.remote.RemoteHost;
import dev.rbees.remote.SshConnection;
import dev.rbees.remote.SshConnections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Through a real OpenSSH server. */
class TunnelTest {

    @TempDir
    Path folder;

    private final List<SshConnection> links = new ArrayList<>();
    private OpenSshServer server;
    private SshConnections connections;
    private Saying worker;
    private Saying orchestrator;

    /** Says one word to whoever connects. */
    private static final class Saying implements AutoCloseable {
        private final ServerSocket socket;

        Saying(int word) throws IOException {
            socket = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(() -> {
                while (!socket.isClosed()) {
                    try (Socket caller = socket.accept()) {
                        caller.getOutputStream().write(word);
                    } catch (IOException _) {
                        return;
                    }
                }
            });
        }

        int port() {
            return socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** The word that is said at a port; -1 for none. */
    private static int heard(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.getInputStream().read();
        } catch (IOException _) {
            return -1;
        }
    }

    @BeforeEach
    void start() throws Exception {
        server = new OpenSshServer(folder, List.of());
        connections = new SshConnections(server.settings());
        worker = new Saying('w');
        orchestrator = new Saying('o');
    }

    @AfterEach
    void stop() throws IOException {
        connections.close();
        server.close();
        worker.close();
        orchestrator.close();
    }

    private Tunnel tunnel() {
        return new Tunnel(() -> {
            SshConnection link = connections.connect(RemoteHost.parse(server.address()));
            links.add(link);
            return link;
        }, () -> new InetSocketAddress(InetAddress.getLoopbackAddress(), orchestrator.port()), "orc cellar");
    }

    @Test
    void workersAndOrchestratorReachEachOther() {
        Tunnel tunnel = tunnel();
        int there = tunnel.portTo(worker.port());
        assertThat(heard(there)).isEqualTo('w');
        assertThat(tunnel.portTo(worker.port())).as("asked again").isEqualTo(there);
        int back = tunnel.portToUs();
        assertThat(heard(back)).isEqualTo('o');
        assertThat(back).isBetween(20_000, 30_000);
        assertThat(links).hasSize(1);
        tunnel.close();
        assertThat(heard(there)).isEqualTo(-1);
        assertThat(heard(back)).isEqualTo(-1);
    }

    @Test
    void afterTheLinkWasLostThePortsAreTheSame() {
        try (Tunnel tunnel = tunnel()) {
            int there = tunnel.portTo(worker.port());
            int back = tunnel.portToUs();
            links.getFirst().close();
            assertThat(heard(there)).isEqualTo(-1);
            tunnel.mend(false);
            assertThat(links).hasSize(2);
            assertThat(heard(there)).isEqualTo('w');
            assertThat(heard(back)).isEqualTo('o');
        }
    }

    @Test
    void workersFindTheWayBackAlsoToTheNextProcessOfThisOrchestrator() {
        int before;
        try (Tunnel tunnel = tunnel()) {
            before = tunnel.portToUs();
        }
        try (Tunnel tunnel = tunnel()) {
            tunnel.mend(false);
            assertThat(heard(before)).as("while no worker is there").isEqualTo(-1);
            tunnel.mend(true);
            assertThat(heard(before)).isEqualTo('o');
            assertThat(tunnel.portToUs()).isEqualTo(before);
        }
    }

    @Test
    void aPortThatIsInUseThereIsReplacedByAnother() {
        try (Tunnel one = tunnel(); Tunnel other = tunnel()) {
            int first = one.portToUs();
            int second = other.portToUs();
            assertThat(second).isNotEqualTo(first);
            assertThat(heard(second)).isEqualTo('o');
        }
    }

    @Test
    void aPortHereIsClosedWhenItsWorkerIsNotShownAnyMore() {
        try (Tunnel tunnel = tunnel()) {
            int there = tunnel.portTo(worker.port());
            tunnel.shown(Set.of());
            tunnel.shown(Set.of());
            tunnel.shown(Set.of(worker.port()));
            tunnel.shown(Set.of());
            tunnel.shown(Set.of());
            assertThat(heard(there)).isEqualTo('w');
            tunnel.shown(Set.of());
            assertThat(heard(there)).isEqualTo(-1);
        }
    }

    @Test
    void aServerThatForwardsNothingIsNamed() throws Exception {
        server.close();
        server = new OpenSshServer(folder.resolve("strict"), List.of("AllowTcpForwarding no"));
        connections.close();
        connections = new SshConnections(server.settings());
        try (Tunnel tunnel = tunnel()) {
            assertThatThrownBy(tunnel::portToUs).hasMessageContaining("AllowTcpForwarding");
        }
    }
}
