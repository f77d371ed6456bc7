package dev.rbees.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.ctl.install.FakeDistribution;
import dev.rbees.remote.OpenSshServer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code rbees pool install}, {@code upgrade} and {@code uninstall} through a real sshd. */
class InstallOverSshTest extends CtlProcess {

    private OpenSshServer machine;
    private Path root;

    @BeforeEach
    void startMachine() throws Exception {
        Path home = Files.createDirectories(folder.resolve("there"));
        machine = new OpenSshServer(folder.resolve("machine"), List.of("SetEnv HOME=" + home + " PATH=/usr/bin:/bin"));
        root = home.resolve(".local/share/rbees");
        Path config = Files.writeString(folder.resolve("ssh-config"), """
                                                                      Host gpu-box cellar
                                                                        HostName 127.0.0.1
                                                                        Port %d
                                                                        User %s
                                                                        IdentityFile %s/key
                                                                        UserKnownHostsFile %s
                                                                      Host gone
                                                                        HostName 127.0.0.1
                                                                        Port 1
                                                                      """.formatted(machine.port(),
                System.getProperty("user.name"), machine.folder(), machine.knownHosts()));
        environment.put("RBEES_SSH_CONFIG", config.toString());
        environment.put("RBEES_HOME", folder.resolve("home").toString());
        environment.put("RBEES_INSTALL", new FakeDistribution(folder).folder().toString());
    }

    @AfterEach
    void stopMachine() {
        machine.close();
    }

    @Test
    void installsUpgradesAndRemoves() throws Exception {
        Ran installed = run("pool", "install", "--host", "gpu-box", "--no-runtime");
        assertThat(installed.status()).as(installed.err()).isZero();
        assertThat(installed.out())
                .matches("HOST +VERSION +RUNTIME +TIME\ngpu-box +1\\.0\\.0-[0-9a-f]{12} +none +[0-9]+s\n");
        assertThat(installed.err()).contains("gpu-box: sending: 100%");
        assertThat(root.resolve("current/bin/rbees-pool")).isExecutable();
        assertThat(run("pool", "status", "--host", "gpu-box").out()).isEqualTo("rbees-pool 1.0.0\n");

        Ran same = run("pool", "upgrade", "--host", "gpu-box", "--no-runtime", "--output", "json");
        JsonNode report = Json.readTree(same.out().getBytes(UTF_8));
        assertThat(report.path("changed").asBoolean(true)).isFalse();
        assertThat(report.path("host").asString()).isEqualTo("gpu-box");
        assertThat(report.path("path").asString()).startsWith(root.toString());

        Ran removed = run("pool", "uninstall", "--host", "gpu-box");
        assertThat(removed.status()).as(removed.err()).isZero();
        assertThat(root).doesNotExist();
        Ran again = run("pool", "uninstall", "--host", "gpu-box");
        assertThat(again.status()).isEqualTo(3);
        assertThat(again.err()).contains("error: gpu-box: rbees is not installed there");
    }

    @Test
    void doesSeveralMachinesInTurnAndTellsWhichFailed() throws Exception {
        Ran ran = run("pool", "install", "--no-runtime", "--host", "gone", "--host", "cellar", "--output", "json");

        assertThat(ran.status()).isEqualTo(5);
        JsonNode all = Json.readTree(ran.out().getBytes(UTF_8));
        assertThat(all.size()).isEqualTo(2);
        assertThat(all.get(0).path("ok").asBoolean(true)).isFalse();
        assertThat(all.get(0).path("error").path("code").asString()).isEqualTo("POOL_UNAVAILABLE");
        assertThat(all.get(1).path("result").path("version").asString()).isEqualTo("1.0.0");
        assertThat(ran.err()).contains("error: gone refuses the connection");

        Ran table = run("pool", "upgrade", "--no-runtime", "--host", "gone", "--host", "cellar");
        assertThat(table.out()).containsPattern("gone +- +- +failed\n")
                .containsPattern("cellar +1.0.0-\\S+ +none +unchanged\n");
    }

    @Test
    void everyRegisteredPoolIsMeantByAll() throws Exception {
        Ran none = run("pool", "install", "--all", "--no-runtime");
        assertThat(none.status()).isEqualTo(2);
        assertThat(none.err()).contains("no pools are registered");

        Files.writeString(Files.createDirectories(folder.resolve("home")).resolve("pools.toml"),
                "[[pools]]\nid = \"big\"\nhost = \"gpu-box\"\n");
        Ran ran = run("pool", "install", "--all", "--no-runtime", "--output", "name");
        assertThat(ran).as(ran.err()).extracting(Ran::status, Ran::out).containsExactly(0, "big\n");
        assertThat(run("pool", "install").status()).isEqualTo(2);
    }

    @Test
    void foldersWithHostileNamesAreOnlyFolders() throws Exception {
        String name = folder + "/it's $(touch " + folder + "/pwned) `id`; x";

        Ran ran = run("pool", "install", "--host", "gpu-box", "--no-runtime", "--dir", name);

        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(Path.of(name, "current/bin/rbees-pool")).isExecutable();
        assertThat(ran.err()).contains("--path " + name + "/current/bin");
        assertThat(folder.resolve("pwned")).doesNotExist();
        assertThat(run("pool", "uninstall", "--host", "gpu-box", "--dir", name).status()).isZero();
        assertThat(Path.of(name)).doesNotExist();
    }
}
