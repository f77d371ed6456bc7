package dev.rbees.ctl.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.UsageException;
import dev.rbees.home.RbeesHome;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The parts of an installation that need no other machine. */
class PartsTest {

    @TempDir
    Path folder;

    @Test
    void tarReadsItsArchives() throws Exception {
        Path source = Files.createDirectories(folder.resolve("source"));
        String deep = "d".repeat(90) + "/" + "e".repeat(50) + "/" + "f".repeat(95);
        Files.createDirectories(source.resolve(deep).getParent());
        Files.writeString(source.resolve(deep), "deep");
        Files.write(source.resolve("block"), new byte[512]);
        Files.writeString(source.resolve("empty"), "");
        Files.writeString(source.resolve("é✓"), "name");
        Files.createSymbolicLink(source.resolve("link"), Path.of("empty"));
        Path archive = folder.resolve("a.tar");
        try (TarStream tar = new TarStream(Files.newOutputStream(archive))) {
            for (PackedFile file : PackedFile.below(source, "top/", _ -> true)) {
                tar.add(file);
            }
        }

        Path target = Files.createDirectories(folder.resolve("target"));
        Process tar = new ProcessBuilder("tar", "-xf", archive.toString()).directory(target.toFile())
                .redirectErrorStream(true).start();
        assertThat(new String(tar.getInputStream().readAllBytes(), UTF_8)).isEmpty();
        assertThat(tar.waitFor()).isZero();
        assertThat(target.resolve("top").resolve(deep)).hasContent("deep");
        assertThat(target.resolve("top/block")).hasSize(512);
        assertThat(target.resolve("top/empty")).isEmptyFile();
        assertThat(target.resolve("top/é✓")).hasContent("name");
        assertThat(Files.readSymbolicLink(target.resolve("top/link"))).hasToString("empty");
    }

    @Test
    void tarRefusesNamesThatItCannotHold() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        try (TarStream tar = new TarStream(Files.newOutputStream(folder.resolve("a.tar")))) {
            assertThatThrownBy(() -> tar.add(new PackedFile("x".repeat(200), file))).isInstanceOf(IOException.class)
                    .hasMessageContaining("too long");
        }
    }

    @Test
    void theDigestIsOfWhatIsInstalled() throws IOException {
        FakeDistribution fake = new FakeDistribution(folder);
        Distribution rbees = Distribution.of(fake.console().environment());
        String digest = rbees.digest("none");

        Files.writeString(fake.folder().resolve("lib/aot/rbees-pool.aot"), "others");
        Files.writeString(fake.folder().resolve(".complete"), "");
        assertThat(rbees.digest("none")).isEqualTo(digest).hasSize(12);

        assertThat(rbees.digest("25-linux-x86_64")).isNotEqualTo(digest);
        Path library = Files.writeString(fake.folder().resolve("lib/x"), "one");
        String more = rbees.digest("none");
        assertThat(more).isNotEqualTo(digest);
        assertThat(library.toFile().setExecutable(true)).isTrue();
        assertThat(rbees.digest("none")).isNotEqualTo(more);
    }

    @Test
    void aProgramThatIsNotInstalledSaysHowToStartIt() {
        assertThatThrownBy(() -> Distribution.of(Map.of())).isInstanceOf(RbeesException.class)
                .hasMessageContaining("start it as bin/rbees of an installation");
    }

    @Test
    void answersAreFoundAmongWhateverElseIsPrinted() {
        List<String> stages = new ArrayList<>();
        ScriptAnswer answer = new ScriptAnswer(stages::add);
        String text = "Welcome to box!\n@rbees stage one\n@rbees removed a\nnoise @rbees failed no\n@rbees removed b\033[31m\n"
                + "x".repeat(10_000) + "\n@rbees empty\n@rbees path /a b/c\n@rbees cut";

        answer.write(text.getBytes(UTF_8), 0, text.length());

        assertThat(stages).containsExactly("one");
        assertThat(answer.all("removed")).containsExactly("a", "b[31m");
        assertThat(answer.one("path")).contains("/a b/c");
        assertThat(answer.one("failed")).isEmpty();
        assertThat(answer.one("empty")).isEmpty();
        assertThat(answer.one("cut")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/opt/rbees/,/opt/rbees", "~/x,x", "a/b c,a/b c", "/,", "~root/x,", "a/../b,", "' ',"})
    void foldersAreReadAsTheyAreMeant(String typed, String path) {
        if (path == null) {
            assertThatThrownBy(() -> InstallFolder.parse(typed)).isInstanceOf(UsageException.class)
                    .hasMessageContaining("--dir must name a folder");
        } else {
            assertThat(InstallFolder.parse(typed).path()).isEqualTo(path);
        }
    }

    @ParameterizedTest
    @CsvSource({"Linux,x86_64,false,linux-x86_64", "Linux,amd64,true,linux-x86_64-musl", "Darwin,arm64,false,macos-aarch64",
        "Mac OS X,aarch64,false,macos-aarch64", "../x,y z,false,___x-y_z"})
    void platformsHaveOneNameEach(String system, String processor, boolean musl, String name) {
        assertThat(Platform.of(system, processor, musl)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JAVA_VERSION=\"24.0.2\"\nOS_NAME=\"Linux\"\nOS_ARCH=\"x86_64\"", "JAVA_VERSION=\"25\"", ""})
    void aJavaThatDoesNotFitIsRefused(String release) throws IOException {
        Files.createDirectories(folder.resolve("java/bin"));
        Files.writeString(folder.resolve("java/bin/java"), "");
        Files.writeString(folder.resolve("java/release"), release);

        assertThatThrownBy(() -> JavaHome.named(folder.resolve("java").toString())).isInstanceOf(UsageException.class);
    }

    @Test
    void aRuntimeThatIsThereIsNotMadeAgain() throws IOException {
        List<String> said = new ArrayList<>();
        Path own = folder.resolve("rbees/runtime");
        JavaRuntimes runtimes = new JavaRuntimes(new RbeesHome(folder.resolve("home")), own, Optional.empty(), said::add);
        Platform here = Platform.local();
        Path kept = Files.createDirectories(folder.resolve("home/cache/runtime-" + runtimes.name(here)));
        Files.copy(Path.of(System.getProperty("java.home"), "release"), kept.resolve("release"));
        assertThat(runtimes.find(here).folder()).isEqualTo(kept);

        Files.createDirectories(own.resolve("bin"));
        FakeDistribution.program(own.resolve("bin/java"), "");
        assertThat(runtimes.find(here).folder()).isEqualTo(own);
        assertThat(said).isEmpty();
    }
}
