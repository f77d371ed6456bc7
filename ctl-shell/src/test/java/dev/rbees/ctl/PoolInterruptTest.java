package dev.rbees.ctl;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import dev.rbees.remote.OpenSshServer;
import dev.rbees.testing.Interrupts;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** Ctrl-C while a pool works. */
class PoolInterruptTest extends CtlProcess {

    @Test
    void ctrlCEndsTheRemoteCommandAndSaysWhatItEnded() throws Exception {
        Interrupts.assumeHeard();
        try (OpenSshServer machine = new OpenSshServer(folder.resolve("machine"), List.of())) {
            Path ended = machine.folder().resolve("ended");
            machine.poolIs("trap 'echo >" + ended + "; exit 143' TERM; echo begun >&2; while :; do sleep 0.1; done");
            environment.put("RBEES_SSH_CONFIG", Files.writeString(folder.resolve("ssh-config"),
                    "Host *\n  IdentityFile " + machine.folder() + "/key\n  UserKnownHostsFile " + machine.knownHosts()
                            + "\n")
                    .toString());
            Process process = builder("pool", "models", "download", "m", "--host", machine.address()).start();
            Waiting.until(Duration.ofSeconds(60), () -> Files.readString(folder.resolve("err")).contains("begun"));

            new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(130);
            assertThat(Files.readString(folder.resolve("err")))
                    .contains("ended 'models download' on " + machine.address() + "\n");
            Waiting.until(Duration.ofSeconds(20), () -> Files.exists(ended));
        }
    }
}
