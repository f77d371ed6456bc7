package dev.rbees.remote;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Private keys in files: who may read them, and those with a passphrase. */
class KeyFileTest {

    @TempDir
    Path folder;

    private OpenSshServer server;

    /** Says the given passphrases one after the other. */
    private static final class Person implements SshDialogue {
        private final List<String> known;
        private final List<Path> asked = new ArrayList<>();
        private final List<char[]> said = new ArrayList<>();

        Person(String... known) {
            this.known = List.of(known);
        }

        @Override
        public boolean acceptHostKey(String host, String keyType, String fingerprint) {
            return false;
        }

        @Override
        public Optional<char[]> passphrase(Path keyFile, int wrongBefore) {
            asked.add(keyFile);
            if (said.size() == known.size()) {
                return Optional.empty();
            }
            said.add(known.get(said.size()).toCharArray());
            return Optional.of(said.getLast());
        }

        boolean hasWipedAll() {
            return said.stream().allMatch(text -> Arrays.equals(text, new char[text.length]));
        }
    }

    @BeforeEach
    void startServer() throws Exception {
        server = new OpenSshServer(folder, List.of("MaxAuthTries 3"));
        server.poolIs("echo ran");
        server.generate("locked", "ed25519", "secret");
        server.accept("locked");
    }

    @AfterEach
    void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    private SshSettings withKeys(String... names) throws Exception {
        SshSettings settings = server.settings();
        StringBuilder config = new StringBuilder("Host *\n");
        for (String name : names) {
            config.append("  IdentityFile ").append(folder.resolve(name)).append('\n');
        }
        Files.writeString(settings.config(), config);
        return settings;
    }

    private String run(SshSettings settings, Optional<Path> keyFile) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SshConnections ssh = new SshConnections(settings)) {
            for (int i = 0; i < 2; i++) {
                try (SshConnection connection = ssh
                        .connect(new SshTarget(RemoteHost.parse(server.address()), List.of(), keyFile))) {
                    connection.run(RemoteCommand.pool(List.of()), out, out);
                }
            }
        }
        return out.toString(UTF_8).strip();
    }

    private RbeesException refused(SshSettings settings, Optional<Path> keyFile) {
        RbeesException refusal = catchThrowableOfType(RbeesException.class, () -> run(settings, keyFile));
        assertThat(refusal.code()).isEqualTo(ErrorCode.FORBIDDEN);
        return refusal;
    }

    @ParameterizedTest
    @CsvSource({"ed25519,,true", "ed25519,,false", "rsa,PEM,true", "rsa,PEM,false", "ecdsa,RFC4716,false"})
    void asksForThePassphraseOnceAndOnlyWhenTheServerWouldTakeTheKey(String type, String format, boolean publicKeyBeside)
            throws Exception {
        server.generate("mine", type, "secret");
        if (format != null) {
            assertThat(new ProcessBuilder("ssh-keygen", "-q", "-p", "-m", format, "-P", "secret", "-N", "secret", "-f",
                    folder
                            .resolve("mine").toString())
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor()).isZero();
        }
        server.accept("mine");
        server.generate("foreign", "ed25519", "another");
        if (!publicKeyBeside) {
            Files.delete(folder.resolve("mine.pub"));
        }
        Person person = new Person("wrong", "secret");

        assertThat(run(withKeys("foreign", "mine").asking(person), Optional.empty())).isEqualTo("ran\nran");

        assertThat(person.asked).containsExactly(folder.resolve("mine"), folder.resolve("mine"));
        assertThat(person.hasWipedAll()).isTrue();
    }

    @Test
    void givesUpAfterThreeWrongPassphrasesAndGoesOnWithTheNextKey() throws Exception {
        Person person = new Person("a", "b", "c", "secret");

        assertThat(run(withKeys("locked", "key").asking(person), Optional.empty())).isEqualTo("ran\nran");

        assertThat(person.said).hasSize(3);
        assertThat(person.hasWipedAll()).isTrue();
    }

    @Test
    void withNobodyToAskALockedKeyIsNamed() throws Exception {
        assertThat(refused(withKeys("locked"), Optional.empty())).hasMessageContaining("accepts none of our keys")
                .hasMessageContaining(folder.resolve("locked") + ", which needs its passphrase (run ssh-add");
        assertThat(refused(withKeys("key"), Optional.of(folder.resolve("locked")))).hasMessageContaining("the key file "
                + folder.resolve("locked") + " needs its passphrase");
    }

    @Test
    void refusesAKeyFileThatOthersMayRead() throws Exception {
        Path key = folder.resolve("key");
        for (String permissions : List.of("rw-r--r--", "rw-r-----", "rw----r--")) {
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(permissions));
            String told = key + "%s can be read by others; run: chmod 600 '" + key + "'";

            assertThat(refused(withKeys("key"), Optional.empty())).hasMessageContaining(told.formatted(", which"));
            assertThat(refused(withKeys(), Optional.of(key))).hasMessageContaining(told.formatted(""));
        }
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("r--------"));
        assertThat(run(withKeys("key"), Optional.empty())).isEqualTo("ran\nran");
    }

    @Test
    void theKeyOfTheTargetComesFirst() throws Exception {
        for (int i = 0; i < 5; i++) {
            server.generate("no" + i, "ed25519", "");
        }
        SshSettings settings = withKeys("no0", "no1", "no2", "no3", "no4");

        assertThat(run(settings, Optional.of(folder.resolve("key")))).isEqualTo("ran\nran");
        assertThat(refused(settings, Optional.empty())).hasMessageContaining("so many keys")
                .hasMessageContaining("IdentitiesOnly");
        assertThat(refused(settings, Optional.of(folder.resolve("nowhere")))).hasMessageContaining("is not there");
    }

    @Test
    void aFileWithoutAKeyIsNamed() throws Exception {
        Path junk = Files.writeString(folder.resolve("junk"), "no key");
        Files.setPosixFilePermissions(junk, PosixFilePermissions.fromString("rw-------"));

        assertThat(refused(withKeys("junk"), Optional.empty())).hasMessageContaining(junk + ", which holds no key");
        assertThat(run(withKeys("junk", "key"), Optional.empty())).isEqualTo("ran\nran");
    }
}
