package dev.rbees.home;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class HomeFilesTest {

    @TempDir
    Path folder;

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void aHomeIsMadeForItsOwnerAlone() throws Exception {
        RbeesHome home = RbeesHome.of(Map.of("RBEES_HOME", folder.resolve("a/b").toString()));

        assertThat(home.check()).isEqualTo(home);
        assertThat(home.root()).doesNotExist();
        assertThat(mode(home.open().root())).isEqualTo("rwx------");
    }

    @Test
    void aHomeThatOthersCanWriteIntoIsRefused() throws Exception {
        RbeesHome home = new RbeesHome(folder);
        for (String loose : new String[] {"rwxrwx---", "rwx----w-"}) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(loose));
            RbeesException refusal = catchThrowableOfType(RbeesException.class, home::check);
            assertThat(refusal.code()).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(refusal).hasMessageContaining("chmod 0700 '" + folder + "'");
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(home.check()).isEqualTo(home);
    }

    @Test
    void aFileIsReplacedAsAWholeAndOnlyItsOwnerReadsIt() throws Exception {
        Path file = folder.resolve("sub/file.json");
        AtomicFile.write(file, "old");
        AtomicFile.write(file, "new ✓");

        assertThat(file).hasContent("new ✓");
        assertThat(mode(file)).isEqualTo("rw-------");
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFailedReplacementLeavesTheOldFileAndNoDraft() throws Exception {
        Path file = Files.createDirectories(folder.resolve("file"));
        Files.writeString(file.resolve("child"), "a folder is in the way");

        assertThat(catchThrowableOfType(RbeesException.class, () -> AtomicFile.write(file, "x")).code())
                .isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aLockKeepsAnotherProcessOutUntilItIsGivenUp() throws Exception {
        Path file = folder.resolve("lock");
        Path waits = folder.resolve("waits");
        Path got = folder.resolve("got");
        Process other;
        try (LockFile _ = LockFile.acquire(file, () -> {
        })) {
            other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), TakeLock.class.getName(), file.toString(), waits.toString(),
                    got.toString()).inheritIO().start();
            Waiting.until(Duration.ofSeconds(30), () -> Files.exists(waits));
            assertThat(got).doesNotExist();
        }
        assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(got).exists();
    }

    @Test
    void programsAreFoundInTheFoldersOfThePath() throws Exception {
        Path tool = Files.createDirectories(folder.resolve("b")).resolve("tool");
        Files.createFile(tool, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Files.createDirectories(folder.resolve("a/tool"));
        Map<String, String> environment = Map.of("PATH", ":" + folder.resolve("a") + ":\0bad:" + folder.resolve("b"));

        assertThat(SearchPath.find("tool", environment)).contains(tool);
        assertThat(SearchPath.find("no-tool", environment)).isEmpty();
        assertThat(SearchPath.find("tool", Map.of())).isEmpty();
    }

    /** Takes a lock: its file, a file to make when it has to wait, a file to make when it has it. */
    static final class TakeLock {
        public static void main(String[] args) throws Exception {
            try (LockFile _ = LockFile.acquire(Path.of(args[0]), () -> make(args[1]))) {
                make(args[2]);
            }
        }

        private static void make(String file) {
            try {
                Files.createFile(Path.of(file));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }
}
