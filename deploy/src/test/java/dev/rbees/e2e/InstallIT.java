package dev.rbees.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.e2e.Installation.Ran;
import dev.rbees.remote.OpenSshServer;

import static org.assertj.core.api.Assertions.assertThat;

/** The distribution brings itself to a machine that has only sshd, with its Java, and runs there. */
class InstallIT {

    @TempDir
    Path folder;

    private Installation rbees;
    private OpenSshServer machine;
    private Path home;
    private Map<String, String> ssh;

    @BeforeEach
    void startMachine() throws Exception {
        rbees = Installation.in(folder.resolve("here"));
        home = Files.createDirectories(folder.resolve("there"));
        machine = new OpenSshServer(folder.resolve("machine"), List.of("SetEnv HOME=" + home + " PATH=/usr/bin:/bin"));
        Path config = Files.writeString(folder.resolve("ssh_config"),
                """
                Host box
                  HostName 127.0.0.1
                  Port %d
                  User %s
                  IdentityFile %s/key
                  UserKnownHostsFile %s
                """.formatted(machine.port(), System.getProperty("user.name"), machine.folder(), machine.knownHosts()));
        ssh = Map.of("RBEES_SSH_CONFIG", config.toString());
    }

    @AfterEach
    void stopMachine() {
        machine.close();
    }

    @Test
    void runsThereOnItsOwnJavaWithCachesMadeThere() throws IOException {
        Ran installed = rbees.run(ssh, "rbees", "pool", "install", "--host", "box", "--output", "json");
        assertThat(installed.exit()).as(installed.err()).isZero();
        assertThat(Installation.tree(installed.out()).path("aot_caches").asBoolean(false)).as(installed.err()).isTrue();

        Path current = home.resolve(".local/share/rbees/current");
        for (String program : List.of("rbees", "rbees-pool", "rbees-orcd", "rbees-workerd")) {
            // why: Java refuses to start when the cache was made for other jars or another Java, and says where it lies itself
            Ran ran = rbees.run(
                    Map.of("HOME", home.toString(), "JAVA_HOME", "", "RBEES_JAVA_OPTS",
                            "-XX:AOTMode=on -XshowSettings:properties"),
                    List.of(current.resolve("bin").resolve(program).toString(), "--version"));
            assertThat(ran.exit()).as(ran.err()).isZero();
            assertThat(ran.out()).startsWith(program + " ");
            assertThat(ran.err()).contains("java.home = " + current.toRealPath().resolve("runtime"));
        }

        Ran catalog = rbees.run(ssh, "rbees", "pool", "models", "catalog", "--host", "box", "--output", "name");
        assertThat(catalog.exit()).as(catalog.err()).isZero();
        assertThat(catalog.out()).contains(Installation.MODEL);

        Ran same = rbees.run(ssh, "rbees", "pool", "upgrade", "--host", "box", "--output", "json");
        assertThat(Installation.tree(same.out()).path("changed").asBoolean(true)).as(same.err()).isFalse();

        Ran removed = rbees.run(ssh, "rbees", "pool", "uninstall", "--host", "box");
        assertThat(removed.exit()).as(removed.err()).isZero();
        assertThat(current.getParent()).doesNotExist();
    }
}
