package dev.rbees.orchestrator.provisioning;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.orchestrator.pool.KnownPool;
import dev.rbees.orchestrator.provisioning.PoolProbe.Outcome;
import dev.rbees.remote.OpenSshServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Against a real OpenSSH server. */
class SshPoolAccessTest {

    @TempDir
    Path folder;

    private OpenSshServer server;
    private PoolScript script;
    private PoolAccesses accesses;

    @BeforeEach
    void start() throws Exception {
        script = new PoolScript(folder.resolve("pool"));
        server = new OpenSshServer(folder.resolve("ssh"), List.of());
        server.poolIs(script.text());
        accesses = new PoolAccesses(Map.of(), server.settings());
    }

    @AfterEach
    void stop() {
        accesses.close();
        server.close();
    }

    private PoolAccess access(int port, List<String> hostKeys) {
        return accesses.to(new KnownPool(new PoolRegistration("cellar", "127.0.0.1", port, System.getProperty("user.name"),
                null, Map.of(), true, false, hostKeys, null), KnownPool.Origin.REGISTERED, false));
    }

    private Outcome probe(PoolAccess access) {
        return new PoolProbe(Duration.ofSeconds(20)).probe(access).orElseThrow();
    }

    private static Outcome.Unseen unseen(Outcome outcome) {
        return (Outcome.Unseen) outcome;
    }

    private String hostKey(String name) throws IOException {
        String[] words = Files.readString(server.folder().resolve(name + ".pub")).split(" ", -1);
        return words[0] + " " + words[1];
    }

    @Test
    void aPoolIsAskedOverOneConnection() throws Exception {
        PoolAccess access = access(server.port(), List.of());
        assertThat(probe(access)).isInstanceOf(Outcome.Seen.class);
        assertThat(probe(access)).isInstanceOf(Outcome.Seen.class);
        assertThat(Files.readString(server.folder().resolve("sshd.log")).lines()
                .filter(line -> line.contains("Accepted publickey"))).hasSize(1);
        assertThat(access.route()).isEqualTo(
                new PoolAccess.Route(Optional.of(InetAddress.ofLiteral("127.0.0.1")),
                        Optional.of(InetAddress.ofLiteral("127.0.0.1"))));
    }

    @Test
    void aPinnedKeyCountsAndAChangedOneMakesThePoolUnusable() throws Exception {
        assertThat(probe(access(server.port(), List.of(hostKey("host"))))).isInstanceOf(Outcome.Seen.class);

        server.generate("other", "ed25519", "");
        Outcome.Unseen changed = unseen(probe(access(server.port(), List.of(hostKey("other")))));
        assertThat(changed.unusable()).as(changed.problem()).isTrue();
        server.trust("other");
        Outcome.Unseen known = unseen(probe(access(server.port(), List.of())));
        assertThat(known.unusable()).as(known.problem()).isTrue();
        assertThat(known.problem()).doesNotContain(folder.toString()).doesNotContain("Exception");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void nobodyListeningIsAMatterOfTimeAndNoLoginIsNot() throws Exception {
        assertThat(unseen(probe(access(freePort(), List.of()))).unusable()).isFalse();
        Files.writeString(server.folder().resolve("authorized"), "");
        Outcome.Unseen refused = unseen(probe(access(server.port(), List.of())));
        assertThat(refused.unusable()).as(refused.problem()).isTrue();
        assertThat(refused.problem()).contains("accepts none of our keys").doesNotContain(folder.toString());
    }

    @Test
    void aMachineWithoutRbeesIsUnusable() throws Exception {
        Files.delete(server.folder().resolve("bin/rbees-pool"));
        assertThat(unseen(probe(access(server.port(), List.of())))).satisfies(missing -> {
            assertThat(missing.unusable()).isTrue();
            assertThat(missing.problem()).startsWith("there is no rbees-pool on that machine");
        });
    }

    @Test
    void moreThanEnoughIsCutAndTheConnectionGoesOn() throws Exception {
        PoolAccess access = access(server.port(), List.of());
        script.on("status", "yes aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        assertThat(unseen(probe(access)).problem()).contains("more than 4 MB");
        script.on("status", "echo '" + PoolScript.STATUS.replace("\n", "") + "'");
        assertThat(probe(access)).isInstanceOf(Outcome.Seen.class);
    }
}
