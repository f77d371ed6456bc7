package dev.rbees.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A stranger at a terminal, from an empty home to an answer of a model of his own. */
class TerminalIT {

    @TempDir
    Path folder;

    private Installation rbees;
    private TerminalScreen terminal;

    @BeforeEach
    void open() throws IOException {
        assumeTrue(Files.isExecutable(TerminalScreen.TMUX), "no tmux to make a terminal with");
        rbees = Installation.in(folder);
        assumeTrue(rbees.run("rbees-pool", "models", "download", Installation.MODEL).exit() != 5,
                "no source of the default model can be reached");
        terminal = new TerminalScreen(folder, Map.of("RBEES_HOME", rbees.home().toString(), "RBEES_ORCHESTRATOR_URL",
                rbees.url(), "PATH", Installation.DISTRIBUTION.resolve("bin") + ":" + System.getenv("PATH"), "LC_ALL",
                "C.UTF-8"));
    }

    @AfterEach
    void close() throws InterruptedException {
        if (terminal != null) {
            terminal.close();
            rbees.stop();
        }
    }

    @Test
    void aModelOfOnesOwnIsImportedRunAndLookedAt() throws IOException {
        Path own = folder.resolve("own.gguf");
        try (var files = Files.newDirectoryStream(rbees.home().resolve("models").resolve(Installation.MODEL), "*.gguf")) {
            Files.copy(files.iterator().next(), own);
        }
        terminal.type("rbees-pool --help");
        assertThat(terminal.await("'--version' the version.")).contains("models import").contains("worker spawn");
        terminal.type("rbees-pool models import '" + own + "' --id own; echo exit=$?");
        terminal.await("exit=0");
        terminal.type("rbees-pool run own 'Name the capital city of France.' --temperature 0; echo exit=$?");
        assertThat(terminal.await("exit=0")).contains("Paris").contains("runs own from now on");
        terminal.type("rbees-pool worker list; echo exit=$?");
        terminal.await("exit=0");
        assertThat(terminal.lines()).anyMatch(line -> line.startsWith("worker-cpu-") && line.contains("  ready  ")
                && line.contains("  own  ") && line.length() <= TerminalScreen.COLUMNS);
    }

    @Test
    void theShellCompletesRunsAndOutlivesTheEndOfACommand() {
        terminal.type("rbees-pool");
        terminal.await("rbees-pool> ");
        terminal.type("models list");
        terminal.await(Installation.MODEL);
        terminal.type("worker spawn cpu --model " + Installation.MODEL);
        terminal.await("  ready  ");
        terminal.keys("worker show w");
        terminal.press("Tab");
        terminal.await("orker-cpu-");
        terminal.press("Enter");
        terminal.await("ENDPOINT");
        terminal.type("worker logs worker-cpu --follow");
        terminal.await("is ready on port");
        terminal.press("C-c");
        terminal.await("interrupted (exit code 130)");
        terminal.type("worker list");
        terminal.await("  ready  ");
        terminal.type("quit");
        terminal.await("shell> ");
    }
}
