package dev.rbees.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class SshTrustTest {

    @TempDir
    Path folder;

    private OpenSshServer server;

    @BeforeEach
    void startServer() throws Exception {
        server = new OpenSshServer(folder.resolve("server"), List.of());
        server.poolIs("echo ran ${SSH_AUTH_SOCK:-without an agent}");
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    private static String run(SshSettings settings, String host) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SshConnections ssh = new SshConnections(settings);
                SshConnection connection = ssh.connect(RemoteHost.parse(host))) {
            connection.run(RemoteCommand.pool(List.of()), out, out);
        }
        return out.toString(UTF_8).strip();
    }

    private static RbeesException refused(SshSettings settings, String host) {
        return catchThrowableOfType(RbeesException.class, () -> run(settings, host));
    }

    private SshSettings settings(String config) throws Exception {
        Path file = Files.writeString(folder.resolve("config-" + config.hashCode()), config);
        return new SshSettings(file, server.folder(), Optional.empty(), System.getProperty("user.name"),
                Duration.ofSeconds(10));
    }

    private static SshSettings patient(SshSettings settings, Duration patience) {
        return new SshSettings(settings.config(), settings.folder(), settings.agent(), settings.user(), patience);
    }

    @Test
    void refusesAnUnknownHostKeyWithTheCommandThatHelps() throws Exception {
        Files.delete(server.knownHosts());

        RbeesException refusal = refused(server.settings(), server.address());

        assertThat(refusal.code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(refusal).hasMessageContaining("is unknown").hasMessageContaining("SHA256:")
                .hasMessageContaining("ssh-keyscan -p " + server.port() + " 127.0.0.1 >> '" + server.knownHosts() + "'");
        assertThat(server.knownHosts()).doesNotExist();
    }

    @Test
    void refusesAChangedHostKeyWithTheCommandThatHelps() throws Exception {
        server.generate("other", "ed25519", "");
        server.trust("other");

        RbeesException refusal = refused(server.settings(), server.address());

        assertThat(refusal.code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(refusal).hasMessageContaining("has changed")
                .hasMessageContaining("ssh-keygen -R '[127.0.0.1]:" + server.port() + "' -f '" + server.knownHosts() + "'");
    }

    @Test
    void refusesARevokedHostKeyAlthoughItIsKnown() throws Exception {
        Files.writeString(server.knownHosts(), Files.readString(server.knownHosts()) + "@revoked * "
                + Files.readString(server.folder().resolve("host.pub")));

        assertThat(refused(server.settings(), server.address())).hasMessageContaining("is revoked");
    }

    @Test
    void asksForAHostKeyOfATypeThatIsKnown() throws Exception {
        for (String type : List.of("host", "host_ecdsa")) {
            server.trust(type);
            assertThat(run(server.settings(), server.address())).as(type).startsWith("ran");
        }
    }

    @Test
    void readsHashedHostNamesAndPassesOverLinesThatItDoesNotUnderstand() throws Exception {
        assertThat(new ProcessBuilder("ssh-keygen", "-q", "-H", "-f", server.knownHosts().toString())
                .redirectErrorStream(true).start().waitFor()).isZero();
        Files.writeString(server.knownHosts(),
                "nonsense\nhost ssh-unheard-of AAAA\n" + Files.readString(server.knownHosts()));
        assertThat(Files.readString(server.knownHosts())).doesNotContain("127.0.0.1");

        assertThat(run(server.settings(), server.address())).startsWith("ran");
    }

    @Test
    void followsTheAliasOfTheConfiguration() throws Exception {
        Path known = folder.resolve("known-by-alias");
        Files.writeString(known, "mybox " + Files.readString(server.folder().resolve("host.pub")));
        SshSettings settings = settings(
                """
                Host box
                  HostName 127.0.0.1
                  Port %d
                  User %s
                  IdentityFile %s/key
                  HostKeyAlias mybox
                  UserKnownHostsFile /dev/null %s
                """.formatted(server.port(), System.getProperty("user.name"), server.folder(), known));

        assertThat(run(settings, "box")).startsWith("ran");
    }

    @Test
    void aPortOnTheCommandLineWinsOverTheConfiguration() throws Exception {
        SshSettings settings = settings("""
                                        Host 127.0.0.1
                                          Port 1
                                          IdentityFile %s/key
                                        """.formatted(server.folder()));

        assertThat(run(settings, "127.0.0.1:" + server.port())).startsWith("ran");
    }

    @Test
    void usesTheUsualKeyOfTheSshFolder() throws Exception {
        Files.copy(server.folder().resolve("key"), server.folder().resolve("id_ed25519"));

        assertThat(run(settings(""), server.address())).startsWith("ran");
    }

    @Test
    void namesAKeyThatNeedsItsPassphrase() throws Exception {
        server.generate("locked", "ed25519", "secret");
        server.accept("locked");

        RbeesException refusal = refused(settings("Host *\n  IdentityFile " + server.folder() + "/locked\n"),
                server.address());

        assertThat(refusal.code()).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(refusal).hasMessageContaining("accepts none of our keys").hasMessageContaining("passphrase")
                .hasMessageContaining(server.folder() + "/locked").hasMessageContaining("ssh-add");
    }

    @Test
    void refusesAServerThatOnlySpeaksWeakAlgorithms() throws Exception {
        for (String weak : List.of("Ciphers aes256-cbc", "MACs hmac-sha1-etm@openssh.com\nCiphers aes256-ctr",
                "KexAlgorithms diffie-hellman-group14-sha1")) {
            try (OpenSshServer old = new OpenSshServer(folder.resolve("old" + weak.hashCode()), List.of(weak))) {
                RbeesException refusal = refused(old.settings(), old.address());

                assertThat(refusal.code()).as(weak).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
                assertThat(refusal).as(weak).hasMessageContaining("not considered safe");
            }
        }
    }

    @Test
    void jumpsOverAHostWhoseKeyIsKnownAndOverNoOther() throws Exception {
        try (OpenSshServer inner = new OpenSshServer(folder.resolve("inner"), List.of())) {
            inner.poolIs("echo inner");
            inner.accept("../server/key");
            SshSettings settings = settings("""
                                            Host gate
                                              HostName 127.0.0.1
                                              Port %d
                                            Host behind
                                              HostName 127.0.0.1
                                              Port %d
                                              ProxyJump gate
                                            Host *
                                              IdentityFile %s/key
                                            """.formatted(server.port(), inner.port(), server.folder()));
            String gate = Files.readString(server.knownHosts());
            String behind = Files.readString(inner.knownHosts());

            Files.writeString(server.knownHosts(), gate + behind);
            assertThat(run(settings, "behind")).isEqualTo("inner");
            Files.writeString(server.knownHosts(), gate);
            assertThat(refused(settings, "behind")).hasMessageContaining("[127.0.0.1]:" + inner.port() + " is unknown");
            Files.writeString(server.knownHosts(), behind);
            assertThat(refused(settings, "behind")).hasMessageContaining("[127.0.0.1]:" + server.port() + " is unknown");
        }
    }

    @Test
    void runsNoProxyCommand() throws Exception {
        Path marker = folder.resolve("ran");
        SshSettings settings = settings("Host box\n  HostName 127.0.0.1\n  ProxyCommand touch " + marker + "\n");

        assertThat(refused(settings, "box")).hasMessageContaining("ProxyJump");
        assertThat(marker).doesNotExist();
    }

    @Test
    void tellsARefusedConnectionAnUnknownNameAndSilenceApart() throws Exception {
        int free;
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = silent.getLocalPort();
            RbeesException silence = refused(patient(server.settings(), Duration.ofMillis(500)), "127.0.0.1:" + free);
            assertThat(silence.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
            assertThat(silence).hasMessageContaining("no answer");
        }
        RbeesException closed = refused(server.settings(), "127.0.0.1:" + free);
        assertThat(closed.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
        assertThat(closed).hasMessageContaining("refuses the connection");
        RbeesException nobody = refused(server.settings(), "no-such-host.invalid");
        assertThat(nobody.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
        assertThat(nobody).hasMessageContaining("no machine is called");
    }

    @Test
    void aPortWithoutAnSshServerIsToldInPlainWords() throws Exception {
        try (ServerSocket web = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> {
                try (Socket caller = web.accept()) {
                    caller.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

            RbeesException refusal = refused(server.settings(), "127.0.0.1:" + web.getLocalPort());

            assertThat(refusal.code()).isEqualTo(ErrorCode.POOL_UNAVAILABLE);
            assertThat(refusal.userMessage()).contains("127.0.0.1:" + web.getLocalPort())
                    .doesNotContain("Future", "Session", "Exception", "org.apache");
        }
    }
}
