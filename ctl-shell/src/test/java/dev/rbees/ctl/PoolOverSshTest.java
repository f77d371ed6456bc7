package dev.rbees.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.rbees.cli.CommandSpec;
import dev.rbees.remote.OpenSshServer;
import dev.rbees.shell.pool.PoolSpecs;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code rbees pool …}: the commands of rbees-pool on another machine. */
class PoolOverSshTest extends CtlProcess {

    @Test
    void everyCommandOfThePoolIsThereWithAHost() throws Exception {
        String page = run("pool", "--help").out();

        for (CommandSpec command : PoolSpecs.ALL) {
            assertThat(page).contains("  pool " + command.path() + " ");
        }
        assertThat(run("pool", "worker", "spawn", "--help").out())
                .contains("Usage: rbees pool worker spawn <backend> --model <model> [options]")
                .contains("  --host <host>  ").contains("rbees pool worker spawn cpu --model smollm2-135m --host gpu-box")
                .doesNotContain("--token-stdin");
    }

    @Test
    void runsThePoolsProgramOnAnotherMachine() throws Exception {
        try (OpenSshServer machine = new OpenSshServer(folder.resolve("machine"), List.of())) {
            machine.poolIs("for a in \"$@\"; do printf '[%s]' \"$a\"; done; echo; printf 'talk\\033[31m\\n' >&2; exit 6");
            Path config = Files.writeString(folder.resolve("ssh-config"),
                    """
                    Host gpu-box
                      HostName 127.0.0.1
                      Port %d
                      User %s
                      IdentityFile %s/key
                      UserKnownHostsFile %s
                    """.formatted(machine.port(), System.getProperty("user.name"), machine.folder(), machine.knownHosts()));
            environment.put("RBEES_SSH_CONFIG", config.toString());

            assertThat(run("pool", "models", "download", "it's $(id)", "--host", "gpu-box", "--output=json"))
                    .isEqualTo(new Ran(6, "[models][download][it's $(id)][--output=json]\n", "talk[31m\n"));

            Files.delete(machine.folder().resolve("bin/rbees-pool"));
            Ran missing = run("pool", "--host", "gpu-box", "status");
            assertThat(missing.status()).isEqualTo(5);
            assertThat(missing.err()).contains("there is no rbees-pool on gpu-box");

            Files.delete(machine.knownHosts());
            Ran unknown = run("pool", "status", "--host", "gpu-box");
            assertThat(unknown.status()).isEqualTo(4);
            assertThat(unknown.err()).contains("host key").contains("is unknown");
        }
    }
}
