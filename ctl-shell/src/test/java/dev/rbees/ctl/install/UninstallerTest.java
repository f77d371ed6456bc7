package dev.rbees.ctl.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class UninstallerTest {

    @TempDir
    Path folder;

    private FakeDistribution rbees;
    private LocalShell machine;

    @BeforeEach
    void start() throws IOException {
        rbees = new FakeDistribution(folder);
        machine = new LocalShell(folder.resolve("machine"));
    }

    private InstallReport install() {
        return rbees.installer(folder.resolve("operator")).install("box", machine, false);
    }

    private UninstallReport uninstall(boolean stop) {
        return new Uninstaller(rbees.console(), InstallFolder.USUAL).uninstall("box", machine, stop);
    }

    /** A program whose command line names the version. */
    private Process running(InstallReport installed) throws IOException {
        Process running = new ProcessBuilder("/bin/sh", "-c", "echo here; while :; do sleep 0.1; done",
                installed.path() + "/bin/rbees-pool").start();
        assertThat(running.inputReader().readLine()).isEqualTo("here");
        return running;
    }

    @Test
    void removesEveryVersionAndKeepsTheModels() throws IOException {
        install();
        rbees.version("2.0.0");
        install();
        Path model = Files.createDirectories(machine.home().resolve(".rbees/models"));
        Files.createDirectories(machine.root().resolve("mine"));

        UninstallReport report = uninstall(false);

        assertThat(report.removed()).hasSize(2);
        assertThat(report.home()).isEqualTo(machine.home().resolve(".rbees").toString());
        assertThat(model).exists();
        assertThat(rbees.talk()).contains("models and settings stay in " + machine.home().resolve(".rbees"));
        assertThat(machine.root().resolve("versions")).doesNotExist();
        assertThat(machine.root().resolve("current")).doesNotExist();
        assertThat(machine.root().resolve("mine")).exists();
    }

    @Test
    void leavesNothingWhereNothingElseWas() {
        install();

        uninstall(false);

        assertThat(machine.root()).doesNotExist();
    }

    @Test
    void leavesFoldersAloneThatItDidNotMake() throws IOException {
        install();
        Path mine = Files.createDirectories(machine.root().resolve("versions/mine"));

        uninstall(false);

        assertThat(mine).exists();
    }

    @Test
    void refusesWhileAProgramRunsFromThere() throws Exception {
        Process running = running(install());
        try {
            assertThatThrownBy(() -> uninstall(false)).isInstanceOfSatisfying(RbeesException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
                assertThat(e).hasMessageContaining("process " + running.pid()).hasMessageContaining("--yes");
            });
            assertThat(machine.root().resolve("current/bin/rbees-pool")).exists();
            assertThat(running.isAlive()).isTrue();
        } finally {
            running.destroyForcibly().waitFor();
        }
    }

    @Test
    void endsWhatRunsFromThereWhenItIsTo() throws Exception {
        Process running = running(install());

        UninstallReport report = uninstall(true);

        assertThat(report.stopped()).isEqualTo(1);
        assertThat(running.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(machine.root()).doesNotExist();
    }

    @Test
    void saysThatNothingIsThere() {
        assertThatThrownBy(() -> uninstall(true)).isInstanceOfSatisfying(RbeesException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
            assertThat(e).hasMessageContaining("not installed there");
        });
    }
}
