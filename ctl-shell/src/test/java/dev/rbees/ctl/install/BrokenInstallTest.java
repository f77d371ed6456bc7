package dev.rbees.ctl.install;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Whatever happens to an installation, the version before stays in use, and the next one finds nothing in its way. */
class BrokenInstallTest {

    @TempDir
    Path folder;

    private FakeDistribution rbees;
    private LocalShell machine;
    private InstallReport before;

    @BeforeEach
    void installOne() throws IOException {
        rbees = new FakeDistribution(folder);
        machine = new LocalShell(folder.resolve("machine"));
        before = install(machine);
        rbees.version("2.0.0");
    }

    @AfterEach
    void theNextOneWorks() throws IOException {
        machine = new LocalShell(folder.resolve("machine"));
        try (Stream<Path> tools = Files.list(machine.tools())) {
            for (Path tool : tools.toList()) {
                Files.delete(tool);
            }
        }
        rbees.version("3.0.0");
        InstallReport after = install(machine);
        assertThat(machine.root().resolve("current").toRealPath()).hasToString(after.path());
        assertThat(versions()).containsExactlyInAnyOrder(name(before.path()), name(after.path()));
    }

    private InstallReport install(RemoteShell shell) {
        return rbees.installer(folder.resolve("operator")).install("box", shell, false);
    }

    private static String name(String path) {
        return String.valueOf(Path.of(path).getFileName());
    }

    private List<String> versions() throws IOException {
        try (Stream<Path> below = Files.list(machine.root().resolve("versions"))) {
            return below.map(path -> String.valueOf(path.getFileName())).toList();
        }
    }

    private void refuses(RemoteShell shell, String why) throws IOException {
        assertThatThrownBy(() -> install(shell)).isInstanceOfSatisfying(RbeesException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(e).hasMessageContaining(why);
        });
        oldOneIsInUse();
        assertThat(versions()).containsExactly(name(before.path()));
    }

    private void oldOneIsInUse() throws IOException {
        assertThat(machine.root().resolve("current").toRealPath()).hasToString(before.path());
        Process old = new ProcessBuilder(machine.root() + "/current/bin/rbees-pool").start();
        assertThat(old.inputReader().readLine()).isEqualTo("rbees-pool 1.0.0");
    }

    /** The machine, reached over a link that does something to what is sent. */
    private RemoteShell over(UnaryOperator<InputStream> link) {
        return (script, input, out, err) -> machine.script(script, link.apply(input), out, err);
    }

    @Test
    void aStreamThatWasCut() throws IOException {
        refuses(over(input -> new FilterInputStream(input) {
            private int left = 100;

            @Override
            public int read(byte[] bytes, int from, int count) throws IOException {
                int read = left == 0 ? -1 : super.read(bytes, from, Math.min(count, left));
                left -= Math.max(0, read);
                return read;
            }
        }), "did not arrive whole");
    }

    @Test
    void aByteThatChanged() throws IOException {
        refuses(over(input -> {
            try {
                byte[] all = input.readAllBytes();
                if (all.length > 0) {
                    all[all.length / 2] ^= 1;
                }
                return new ByteArrayInputStream(all);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }), "did not arrive whole");
    }

    /** What does not get smaller by packing it. */
    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        return noise;
    }

    @Test
    void aDiskThatIsFull() throws IOException {
        Files.write(rbees.folder().resolve("lib/large.jar"), noise(100_000));
        // why: the limit on the size of a file stands in for the end of the disk; a write beyond it fails as one there does
        machine.begin("trap '' XFSZ; ulimit -f 8");
        refuses(machine, "is the disk full?");
    }

    @Test
    void aDiskWithTooLittleRoomIsSeenBeforehand() throws IOException {
        machine.tool("df", "echo Filesystem 1024-blocks Used Available Capacity Mounted; echo /dev/sda 9 8 1 99% /");
        Files.write(rbees.folder().resolve("lib/large.jar"), new byte[10_000]);
        refuses(machine, "has 1.0 kB free, and this needs");
    }

    @Test
    void programsThatDoNotStart() throws IOException {
        rbees.poolIs("echo 'error: rbees needs Java 25' >&2; exit 1");
        refuses(machine, "its programs do not start there: error: rbees needs Java 25");
    }

    @Test
    void aScriptThatWasKilled() throws Exception {
        rbees.trainingIs("kill -KILL $PPID");

        assertThatThrownBy(() -> install(machine)).hasMessageContaining("before it was done");
        oldOneIsInUse();
        // what it was busy with lies about, until the next one looks
        assertThat(versions()).hasSize(2).anySatisfy(left -> assertThat(left).startsWith(".new-"));
        Files.delete(rbees.folder().resolve("lib/train.sh"));
    }

    @Test
    void aSenderThatWentAway() throws Exception {
        RemoteShell lost = (script, input, out, err) -> machine.script(script, input, new OutputStream() {
            private String said = "";

            @Override
            public void write(int b) throws IOException {
                said += (char) b;
                if (said.endsWith("stage starting\n")) {
                    throw new IOException("gone");
                }
                out.write(b);
            }
        }, err);
        rbees.poolIs("while [ ! -e '" + machine.unheard() + "' ]; do sleep 0.05; done");

        assertThatThrownBy(() -> install(lost)).isInstanceOf(RbeesException.class);
        oldOneIsInUse();
        assertThat(versions()).containsExactly(name(before.path()));
    }

    @Test
    void aToolThatIsMissing() throws IOException {
        machine.begin("PATH=" + machine.tools());
        for (String tool : List.of("sh", "uname", "df", "mkdir", "mv", "ln", "rm", "mktemp", "gzip")) {
            Files.createSymbolicLink(machine.tools().resolve(tool), Path.of("/usr/bin", tool));
        }
        refuses(machine, "it lacks tar, sha256sum");
    }

    @Test
    void aMachineOfAnotherKind() throws IOException {
        machine.tool("uname", "case $1 in -s) echo Darwin ;; *) echo arm64 ;; esac");
        assertThatThrownBy(() -> rbees.installer(folder.resolve("operator"), new JavaChoice(true, Optional.empty()))
                .install("box", machine, false)).isInstanceOf(RbeesException.class)
                .hasMessageContaining("this machine is macos-aarch64").hasMessageContaining("--java-home")
                .hasMessageContaining("--no-runtime");
        oldOneIsInUse();
    }

    @Test
    void aFolderThatSomebodyElseMade() throws IOException {
        Path current = machine.root().resolve("current");
        Path kept = Files.readSymbolicLink(current);
        Files.delete(current);
        Files.createDirectories(current);
        assertThatThrownBy(() -> install(machine)).hasMessageContaining("was not made by rbees pool install");
        Files.delete(current);
        Files.createSymbolicLink(current, kept);
    }
}
