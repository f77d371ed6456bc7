package dev.rbees.e2e;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.e2e.Installation.Ran;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The first command of the README, as far as it comes after the build. */
class QuickstartIT {

    private static final String QUICKSTART = Path.of("quickstart").toAbsolutePath().toString();

    @TempDir
    Path folder;

    @Test
    void answersFindsWhatRunsAlreadyAndStops() throws IOException {
        Installation rbees = Installation.in(folder);
        Ran download = rbees.run("rbees-pool", "models", "download", Installation.MODEL);
        assumeTrue(download.exit() != 5, () -> "no source of the default model can be reached: " + download.err());
        String port = "" + Installation.freePort();
        try {
            Ran first = rbees.run(Map.of(), List.of(QUICKSTART, "--port", port));
            assertThat(first.exit()).as(first.err()).isZero();
            assertThat(first.out()).contains("Paris");
            assertThat(first.err()).contains("starting the orchestrator on port " + port, "deploy/quickstart stop")
                    .doesNotContain("building rbees");
            Ran second = rbees.run(Map.of(), List.of(QUICKSTART, "What is the capital of France?", "--port", port));
            assertThat(second.exit()).as(second.err()).isZero();
            assertThat(second.err()).contains("the orchestrator is running already", "is running already");
        } finally {
            Ran stop = rbees.run(Map.of(), List.of(QUICKSTART, "stop"));
            assertThat(stop.exit()).as(stop.err()).isZero();
            assertThat(stop.err()).contains("stopped the orchestrator");
        }
    }
}
