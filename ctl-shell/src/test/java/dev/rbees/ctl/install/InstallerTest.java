package dev.rbees.ctl.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.RbeesException;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What an installation leaves on a machine, with the real scripts in a real sh. */
class InstallerTest {

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

    private InstallReport upgrade() {
        return rbees.installer(folder.resolve("operator")).install("box", machine, true);
    }

    private Path current() {
        return machine.root().resolve("current");
    }

    private List<String> versions() throws IOException {
        try (Stream<Path> below = Files.list(machine.root().resolve("versions"))) {
            return List.copyOf(new TreeSet<>(below.map(path -> String.valueOf(path.getFileName())).toList()));
        }
    }

    @Test
    void bringsTheProgramsAndNamesThemCurrent() throws IOException {
        InstallReport report = install();

        Path version = machine.root().resolve("versions/1.0.0-" + report.digest());
        assertThat(report.path()).isEqualTo(version.toRealPath().toString());
        assertThat(report.version()).isEqualTo("1.0.0");
        assertThat(report.runtime()).isEqualTo("none");
        assertThat(report.previous()).isNull();
        assertThat(report.bytesSent()).isPositive();
        assertThat(current().toRealPath()).isEqualTo(version.toRealPath());
        assertThat(Files.readSymbolicLink(current())).isRelative();
        assertThat(versions()).containsExactly(String.valueOf(version.getFileName()));
        assertThat(version.resolve("lib/aot")).doesNotExist();
        assertThat(Files.readSymbolicLink(version.resolve("bin/llorch-pool"))).hasToString("rbees-pool");
        assertThat(rbees.talk()).contains("box: sending: 100%");
    }

    @Test
    void keepsTimesAndLetsNobodyElseIn() throws IOException {
        InstallReport report = install();

        assertThat(Files.getLastModifiedTime(Path.of(report.path(), "lib/pool-shell-1.0.0.jar")).toInstant())
                .isEqualTo(FakeDistribution.LONG_AGO);
        assertThat(Path.of(report.path(), "bin/rbees-pool")).isExecutable();
        try (Stream<Path> all = Files.walk(machine.root())) {
            for (Path path : (Iterable<Path>) all::iterator) {
                if (!Files.isSymbolicLink(path)) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)))
                            .as(path.toString()).endsWith("------");
                }
            }
        }
    }

    @Test
    void anUpgradeDoesNothingToAMachineThatHasThisVersion() throws IOException {
        InstallReport first = install();

        InstallReport same = upgrade();
        assertThat(same.changed()).isFalse();
        assertThat(same.bytesSent()).isZero();
        assertThat(same.path()).isEqualTo(first.path());

        Files.writeString(rbees.folder().resolve("lib/launch.sh"), "# changed");
        InstallReport changed = upgrade();
        assertThat(changed.changed()).isTrue();
        assertThat(changed.previous()).isEqualTo("1.0.0-" + first.digest());
        assertThat(changed.digest()).isNotEqualTo(first.digest());
        assertThat(rbees.talk()).contains("1.0.0-" + first.digest() + " becomes 1.0.0-" + changed.digest());
    }

    @Test
    void theVersionBeforeStaysAndOlderOnesGo() throws IOException {
        InstallReport one = install();
        rbees.version("2.0.0");
        InstallReport two = install();
        rbees.version("3.0.0");
        InstallReport three = install();

        assertThat(Path.of(one.path())).doesNotExist();
        assertThat(versions()).containsExactly("2.0.0-" + two.digest(), "3.0.0-" + three.digest());
        assertThat(current().toRealPath()).hasToString(three.path());
    }

    @Test
    void theSameVersionAgainIsAFreshCopy() throws IOException {
        InstallReport first = install();
        Files.delete(Path.of(first.path(), "lib/pool-shell-1.0.0.jar"));

        InstallReport again = install();

        assertThat(again.path()).isNotEqualTo(first.path());
        assertThat(current().resolve("lib/pool-shell-1.0.0.jar")).exists();
    }

    @Test
    void aVersionFromWhichAProgramRunsStays() throws Exception {
        rbees.poolIs("[ \"${1:-}\" != stay ] || { echo here; sleep 300; exit; }; echo version");
        InstallReport old = install();
        Process running = new ProcessBuilder(old.path() + "/bin/rbees-pool", "stay").start();
        try {
            assertThat(running.inputReader().readLine()).isEqualTo("here");
            rbees.version("2.0.0");
            install();
            rbees.version("3.0.0");
            install();
            assertThat(Path.of(old.path())).exists();
            assertThat(rbees.talk()).contains("what runs there goes on with the files of its own version");
        } finally {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly().waitFor();
        }
        Waiting.until(() -> !running.isAlive());
        rbees.version("4.0.0");
        install();
        assertThat(Path.of(old.path())).doesNotExist();
    }

    @Test
    void makesTheCachesThereAndSaysSoWhenItCannot() throws IOException {
        rbees.trainingIs("mkdir \"${0%/*}/aot\"; echo made > \"${0%/*}/aot/rbees-pool.aot\"");
        InstallReport trained = install();
        assertThat(trained.aotCaches()).isTrue();
        assertThat(Path.of(trained.path(), "lib/aot/rbees-pool.aot")).hasContent("made");

        rbees.trainingIs("echo no memory for it; exit 1");
        InstallReport untrained = install();
        assertThat(untrained.aotCaches()).isFalse();
        assertThat(current().toRealPath()).hasToString(untrained.path());
        assertThat(rbees.talk()).contains("warning: box: no AOT caches could be made there").contains("no memory for it");
    }

    @Test
    void bringsTheJavaThatTheUserNames() throws IOException {
        Path java = folder.resolve("java");
        Files.createDirectories(java.resolve("bin"));
        Files.createDirectories(java.resolve("jmods"));
        FakeDistribution.program(java.resolve("bin/java"), "echo java");
        Files.writeString(java.resolve("jmods/java.base.jmod"), "large");
        Files.writeString(java.resolve("release"),
                "JAVA_VERSION=\"25.0.9\"\nOS_NAME=\"Linux\"\nOS_ARCH=\"aarch64\"\n");
        machine.tool("uname", "case $1 in -s) echo Linux ;; *) echo aarch64 ;; esac");

        InstallReport report = rbees
                .installer(folder.resolve("operator"), new JavaChoice(true, Optional.of(java.toString())))
                .install("box", machine, false);

        assertThat(report.runtime()).isEqualTo("25.0.9-linux-aarch64");
        assertThat(Path.of(report.path(), "runtime/bin/java")).isExecutable();
        assertThat(Path.of(report.path(), "runtime/jmods")).doesNotExist();
    }

    @Test
    void switchesWhereMvHasNoOptionForIt() throws IOException {
        install();
        machine.tool("mv", "case $1 in -*) echo 'no such option' >&2; exit 2 ;; *) exec /bin/mv \"$@\" ;; esac");
        rbees.version("2.0.0");

        InstallReport report = install();

        assertThat(current().toRealPath()).hasToString(report.path());
        assertThat(current().resolve("lib/pool-shell-2.0.0.jar")).exists();
    }

    @Test
    void switchesNothingWhenItCannotDoItInOneStep() throws IOException {
        InstallReport old = install();
        machine.tool("mv", "case $1 in -*) echo 'no such option' >&2; exit 2 ;; *) exec /bin/mv \"$@\" ;; esac");
        machine.tool("perl", "exit 127");
        rbees.version("2.0.0");

        assertThatThrownBy(this::install).isInstanceOf(RbeesException.class).hasMessageContaining("cannot rename a link");
        assertThat(current().toRealPath()).hasToString(old.path());
    }
}
