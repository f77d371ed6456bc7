package dev.rbees.orchestrator.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;
import dev.rbees.orchestrator.pool.KnownPool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which pools there are from the start on. */
class PoolOptionsTest {

    private static final String ONE = """
                                      [[pools]]
                                      id = "workstation"
                                      host = "10.0.0.5"
                                      ssh_user = "ann"
                                      ssh_key = "/home/ann/.ssh/id"
                                      repo_path = "/opt/rbees/bin"
                                      on_demand = true
                                      """;

    @TempDir
    Path folder;

    private OrchestratorSettings read(Map<String, String> more, String... args) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("RBEES_HOME", folder.resolve("home").toString());
        return OrchestratorSettings.of(CommandLine.parse(OrchestratorSettings.SPEC, List.of(args)), environment);
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private Map<String, String> installed() throws IOException {
        Path program = write("install/bin/rbees-pool", "");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Map.of("RBEES_INSTALL", folder.resolve("install").toString());
    }

    @Test
    void aFileNamesThemByOldNamesOfKeysToo() throws IOException {
        PoolRegistration pool = new PoolRegistration("workstation", "10.0.0.5", null, "ann", "/opt/rbees/bin", Map.of(),
                true,
                false, List.of(), "/home/ann/.ssh/id");
        String file = write("pools.toml", ONE).toString();
        assertThat(read(Map.of(), "--pools-file", file).pools().fixed()).containsExactly(pool);
        assertThat(read(Map.of("RBEES_POOLS_FILE", file)).pools().fixed()).containsExactly(pool);
        write("home/orchestrator.toml", ONE);
        assertThat(read(Map.of()).pools().fixed()).containsExactly(pool);
    }

    @Test
    void aBadFileFailsTheStartWithThePlaceAndTheReason() throws IOException {
        String broken = write("broken.toml", "[[pools]]\nid = workstation\n").toString();
        assertThatThrownBy(() -> read(Map.of(), "--pools-file", broken)).isInstanceOf(UsageException.class)
                .hasMessageContaining("broken.toml, line 2");
        String unknown = write("unknown.toml", ONE + "hots = 1\n").toString();
        assertThatThrownBy(() -> read(Map.of(), "--pools-file", unknown)).isInstanceOf(UsageException.class)
                .hasMessageContaining("pool 1: 'hots'");
        String twice = write("twice.toml", ONE + "user = \"bob\"\n").toString();
        assertThatThrownBy(() -> read(Map.of(), "--pools-file", twice))
                .hasMessageContaining("ssh_user is another name of user");
        assertThatThrownBy(() -> read(Map.of(), "--pools-file", folder.resolve("none").toString()))
                .isInstanceOf(UsageException.class).hasMessageContaining("there is no file");
    }

    @Test
    void inHomeModeWithoutOthersThisMachineIsAPoolUnlessSomebodySaysNo() throws IOException {
        assertThat(read(installed()).pools().pools()).singleElement().satisfies(pool -> {
            assertThat(pool.id()).isEqualTo("local");
            assertThat(pool.origin()).isEqualTo(KnownPool.Origin.LOCAL);
            assertThat(pool.registration().onDemand()).isTrue();
        });
        assertThat(read(Map.of()).pools().pools()).as("without an installation").isEmpty();
        assertThat(read(installed(), "--no-local-pool").pools().pools()).isEmpty();
        String file = write("pools.toml", ONE).toString();
        assertThat(read(installed(), "--pools-file", file).pools().pools()).extracting(KnownPool::id)
                .containsExactly("workstation");
        Path token = Files.setPosixFilePermissions(write("token", "t".repeat(40)),
                PosixFilePermissions.fromString("rw-------"));
        Map<String, String> lab = new HashMap<>(installed());
        lab.put("RBEES_MODE", "lab");
        lab.put("RBEES_API_TOKEN_FILE", token.toString());
        assertThat(read(lab).pools().pools()).as("in lab mode").isEmpty();
        assertThat(read(lab, "--advertise-url", "http://10.0.0.1:8080").isShared()).as("one that workers are told")
                .isFalse();
    }
}
