package dev.rbees.remote;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.testing.Waiting;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** A real ssh-agent that alone has the key which the server accepts. */
class AgentTest {

    @TempDir
    Path folder;

    private OpenSshServer server;
    private Process agent;

    @BeforeEach
    void start() throws Exception {
        server = new OpenSshServer(folder.resolve("server"), List.of());
        server.poolIs("echo ran ${SSH_AUTH_SOCK:-without an agent}");
        server.generate("agents", "ed25519", "");
        server.accept("agents");
        Path socket = folder.resolve("agent");
        agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString()).start();
        Waiting.until(Duration.ofSeconds(10), () -> Files.exists(socket));
        ProcessBuilder add = new ProcessBuilder("ssh-add", "-q", server.folder().resolve("agents").toString());
        add.environment().put("SSH_AUTH_SOCK", socket.toString());
        assertThat(add.inheritIO().start().waitFor()).isZero();
        Files.delete(server.folder().resolve("agents"));
        Files.delete(server.folder().resolve("key"));
    }

    @AfterEach
    void stop() {
        if (agent != null) {
            agent.destroy();
        }
        if (server != null) {
            server.close();
        }
    }

    private String run(String config, Path socket) throws Exception {
        Path file = Files.writeString(folder.resolve("client.conf"), "Host *\n" + config);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (SshConnections ssh = new SshConnections(new SshSettings(file, server.folder(), Optional.of(socket),
                System.getProperty("user.name"), Duration.ofSeconds(10)));
                SshConnection connection = ssh.connect(RemoteHost.parse(server.address()))) {
            connection.run(RemoteCommand.pool(List.of()), out, out);
        }
        return out.toString(UTF_8).strip();
    }

    private RbeesException refused(String config, Path socket) {
        return catchThrowableOfType(RbeesException.class, () -> run(config, socket));
    }

    @Test
    void logsInWithItsKeyAndDoesNotForwardIt() throws Exception {
        assertThat(run("", folder.resolve("agent"))).isEqualTo("ran without an agent");
    }

    @Test
    void anAgentThatIsNotThereIsNoHindrance() {
        assertThat(refused("", folder.resolve("no-agent"))).hasMessageContaining("accepts none of our keys");
    }

    @Test
    void withIdentitiesOnlyItsOtherKeysStayUnused() throws Exception {
        server.generate("mine", "ed25519", "");
        String mine = "IdentitiesOnly yes\nIdentityFile " + server.folder() + "/mine\n";

        assertThat(refused(mine, folder.resolve("agent"))).hasMessageContaining("accepts none of our keys");
        for (String half : List.of("/agents", "/agents.pub")) {
            assertThat(run(mine + "IdentityFile " + server.folder() + half + "\n", folder.resolve("agent")))
                    .startsWith("ran");
        }
    }

    @Test
    void theConfigurationNamesAnotherOneOrNone() throws Exception {
        assertThat(run("IdentityAgent " + folder.resolve("agent"), folder.resolve("no-agent"))).startsWith("ran");
        assertThat(run("IdentityAgent SSH_AUTH_SOCK", folder.resolve("agent"))).startsWith("ran");
        assertThat(refused("IdentityAgent none", folder.resolve("agent"))).hasMessageContaining("accepts none of our keys");
    }
}
