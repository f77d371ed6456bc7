package dev.rbees.remote;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** known_hosts as OpenSSH reads it, and what is asked about a host that does not stand in it. */
class HostKeyTest {

    @TempDir
    Path folder;

    private OpenSshServer server;
    private String host;
    private String other;

    /** A person who answers as it was told before. */
    private static final class Person implements SshDialogue {
        private final boolean accepts;
        private final List<String> asked = new ArrayList<>();

        Person(boolean accepts) {
            this.accepts = accepts;
        }

        @Override
        public boolean acceptHostKey(String name, String keyType, String fingerprint) {
            asked.add(name + " " + keyType + " " + fingerprint);
            return accepts;
        }

        @Override
        public Optional<char[]> passphrase(Path keyFile, int wrongBefore) {
            return Optional.empty();
        }
    }

    @BeforeEach
    void startServer() throws Exception {
        Path place = folder.resolve("server");
        Files.createDirectories(place);
        keygen("-f", place.resolve("ca").toString());
        keygen("-f", place.resolve("signed").toString());
        keygen("-s", place.resolve("ca").toString(), "-I", "test", "-h", "-n", "127.0.0.1,mybox", place.resolve("signed.pub")
                .toString());
        server = new OpenSshServer(place, List.of("HostKey " + place + "/signed",
                "HostCertificate " + place + "/signed-cert.pub"));
        server.poolIs("echo ran");
        server.generate("stranger", "ed25519", "");
        host = Files.readString(place.resolve("signed.pub")).strip();
        other = Files.readString(place.resolve("stranger.pub")).strip();
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    private static void keygen(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", ""));
        if (words[0].equals("-s")) {
            command = new ArrayList<>(List.of("ssh-keygen", "-q"));
        }
        command.addAll(List.of(words));
        Process done = new ProcessBuilder(command).inheritIO().start();
        assertThat(done.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(done.exitValue()).isZero();
    }

    private static String run(SshSettings settings, String address) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SshConnections ssh = new SshConnections(settings);
                SshConnection connection = ssh.connect(RemoteHost.parse(address))) {
            connection.run(RemoteCommand.pool(List.of()), out, out);
        }
        return out.toString(UTF_8).strip();
    }

    private String known(String... lines) throws Exception {
        Files.writeString(server.knownHosts(), String.join("\n", lines) + "\n");
        try {
            return run(server.settings(), server.address());
        } catch (RbeesException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN);
            return e.userMessage();
        }
    }

    private String name() {
        return "[127.0.0.1]:" + server.port();
    }

    @Test
    void understandsPatternsNegationsAndPorts() throws Exception {
        assertThat(known("[127.0.0.*]:" + server.port() + " " + host)).isEqualTo("ran");
        assertThat(known("a,[127.?.0.1]:*,b " + host + " a comment")).isEqualTo("ran");
        assertThat(known("*,!127.0.0.1,!" + name() + " " + host)).contains("is unknown");
        assertThat(known("[127.0.0.1]:1 " + host)).contains("is unknown");
        assertThat(known("127.0.0.2 " + host)).contains("is unknown");
    }

    @Test
    void aKeyThatIsKnownWithoutPortIsTakenOnAnyPortButProvesNoChangeThere() throws Exception {
        assertThat(known("127.0.0.1 " + host)).isEqualTo("ran");
        assertThat(known("127.0.0.1 " + other)).contains("is unknown");
        assertThat(known("127.0.0.1 " + host, name() + " " + other)).contains("has changed");
    }

    @Test
    void oneOfSeveralKeysIsEnough() throws Exception {
        assertThat(known(name() + " " + other, name() + " " + host)).isEqualTo("ran");
    }

    @Test
    void anAuthorityVouchesForAHostWithACertificate() throws Exception {
        String authority = Files.readString(server.folder().resolve("ca.pub")).strip();

        assertThat(known("@cert-authority * " + authority)).isEqualTo("ran");
        assertThat(known("@cert-authority * " + other)).contains("is unknown");
        assertThat(known("@cert-authority other.host " + authority)).contains("is unknown");
        assertThat(known("@cert-authority * " + authority, "@revoked * " + authority)).contains("is revoked");
        assertThat(known(name() + " " + authority)).contains("has changed");
    }

    @Test
    void aCertificateForAnotherNameIsNone() throws Exception {
        Files.writeString(server.knownHosts(), "@cert-authority * " + Files.readString(server.folder().resolve("ca.pub")));
        assertThat(run(server.settings(), "127.0.0.1:" + server.port())).isEqualTo("ran");

        assertThat(catchThrowableOfType(RbeesException.class, () -> run(server.settings(), "localhost:" + server.port())))
                .hasMessageContaining("is unknown");
    }

    @Test
    void asksAPersonAboutAnUnknownHostAndKeepsTheAnswer() throws Exception {
        Path known = server.folder().resolve("new/known_hosts");
        SshSettings settings = withKnownHosts("/dev/null " + known);
        Person person = new Person(true);

        assertThat(run(settings.asking(person), server.address())).isEqualTo("ran");
        assertThat(person.asked).singleElement().asString().startsWith(name() + " ").contains(" SHA256:");
        assertThat(Files.readString(known)).startsWith(name() + " ").endsWith("\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(known))).isEqualTo("rw-------");
        assertThat(run(settings, server.address())).isEqualTo("ran");
        assertThat(person.asked).hasSize(1);
    }

    @Test
    void hashesTheNameWhereTheConfigurationSaysSo() throws Exception {
        Path known = Files.writeString(server.folder().resolve("kept"), "# no newline at the end");
        SshSettings settings = withKnownHosts(known + "\n  HashKnownHosts yes");

        assertThat(run(settings.asking(new Person(true)), server.address())).isEqualTo("ran");

        assertThat(Files.readString(known)).startsWith("# no newline at the end\n|1|").doesNotContain("127.0.0.1");
        assertThat(new ProcessBuilder("ssh-keygen", "-F", name(), "-f", known.toString()).inheritIO().start().waitFor())
                .isZero();
        assertThat(run(settings, server.address())).isEqualTo("ran");
    }

    @Test
    void aRefusalIsFinalAndWritesNothing() throws Exception {
        Path known = server.folder().resolve("kept");
        Person person = new Person(false);

        assertThat(catchThrowableOfType(RbeesException.class,
                () -> run(withKnownHosts(known.toString()).asking(person), server.address())))
                .hasMessageContaining("is unknown");
        assertThat(person.asked).hasSize(1);
        assertThat(known).doesNotExist();
    }

    @Test
    void nobodyIsAskedAboutAChangedKeyNorWhereTheUserForbidsIt() throws Exception {
        Path known = Files.writeString(server.folder().resolve("kept"), name() + " " + other + "\n");
        Person person = new Person(true);

        assertThat(catchThrowableOfType(RbeesException.class,
                () -> run(withKnownHosts(known.toString()).asking(person), server.address())))
                .hasMessageContaining("has changed")
                .hasMessageContaining("ssh-keygen -R '" + name() + "' -f '" + known + "'");
        assertThat(catchThrowableOfType(RbeesException.class,
                () -> run(withKnownHosts(known + "-2\n  StrictHostKeyChecking yes").asking(person), server.address())))
                .hasMessageContaining("is unknown");
        assertThat(person.asked).isEmpty();
    }

    @Test
    void neverAdvisesToKeepAKeyInTheNullDevice() throws Exception {
        RbeesException refusal = catchThrowableOfType(RbeesException.class,
                () -> run(withKnownHosts("/dev/null"), server.address()));

        assertThat(refusal).hasMessageContaining("is unknown").hasMessageContaining("UserKnownHostsFile");
        assertThat(refusal.userMessage()).doesNotContain("/dev/null");
    }

    private SshSettings withKnownHosts(String files) throws Exception {
        SshSettings settings = server.settings();
        Files.writeString(settings.config(), "Host *\n  IdentityFile %s/key\n  UserKnownHostsFile %s\n"
                .formatted(server.folder(), files));
        return settings;
    }
}
