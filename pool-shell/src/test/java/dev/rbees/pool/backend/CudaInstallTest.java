package dev.rbees.pool.backend;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.render.ProgressLine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

@EnabledOnOs(value = OS.LINUX, architectures = "amd64", disabledReason = "the libraries are for Linux on x86-64")
class CudaInstallTest {

    private static final CudaPackage FIRST = new CudaPackage("nvidia-first", "1.0",
            Pattern.compile("libfirst(_more)?\\.so\\.1"), List.of("libfirst.so.1"));
    private static final CudaPackage SECOND = new CudaPackage("nvidia-second", "2.0", Pattern.compile("libsecond\\.so"),
            List.of("libsecond.so"));

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private FakePackageIndex index;
    private RbeesHome home;
    private Path installed;

    @BeforeEach
    void start() throws Exception {
        index = new FakePackageIndex();
        home = new RbeesHome(folder.resolve("home"));
        installed = home.backends().resolve("cuda-" + CudaPackage.RUNTIME);
        index.put("nvidia-first", "1.0", FakePackageIndex.wheel(Map.of("nvidia/lib/libfirst.so.1", lib("one"),
                "nvidia/lib/libfirst_more.so.1", lib("more"), "nvidia/include/first.h", lib("header"))));
        index.put("nvidia-second", "2.0", FakePackageIndex.wheel(Map.of("../../../outside/libsecond.so", lib("two"))));
    }

    @AfterEach
    void stop() {
        index.close();
    }

    private static byte[] lib(String content) {
        return FakePackageIndex.library(content);
    }

    private CudaInstall install() {
        return new CudaInstall(home, List.of(FIRST, SECOND), Map.of("PIP_INDEX_URL", index.url()), said::add,
                new ProgressLine(new PrintStream(OutputStream.nullOutputStream()), false, Clock.systemUTC()));
    }

    private RbeesException refused() {
        RbeesException refusal = catchThrowableOfType(RbeesException.class, () -> install().install());
        assertThat(installed).doesNotExist();
        return refusal;
    }

    @Test
    void takesTheLibrariesAndNothingElseOutOfThePackages() throws Exception {
        install().install();

        try (var files = Files.list(installed)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("backend.json",
                    "libfirst.so.1", "libfirst_more.so.1", "libsecond.so");
        }
        assertThat(installed.resolve("libsecond.so")).hasBinaryContent(lib("two"));
        assertThat(new CudaFolder(home).damage()).isEmpty();
        assertThat(new CudaFolder(home).read().orElseThrow().bytes()).isEqualTo(4 * 3 + 3 + 4 + 3);
        assertThat(home.staging().resolve("backend-cuda")).doesNotExist();
    }

    @Test
    void whatIsHereAndWholeIsNotFetchedAgain() throws Exception {
        install().install();
        int requests = index.requests().size();
        install().install();
        assertThat(index.requests()).hasSize(requests);
        assertThat(said).last().isEqualTo("the CUDA libraries are already here");

        Files.writeString(installed.resolve("libsecond.so"), "short");
        assertThat(new CudaFolder(home).damage()).contains("libsecond.so has another size");
        install().install();
        assertThat(new CudaFolder(home).damage()).isEmpty();
    }

    @Test
    void anInterruptedRunIsGoneOnWith() throws Exception {
        byte[] second = FakePackageIndex.wheel(Map.of("libsecond.so", lib("two")));
        index.put("nvidia-second", "2.0", second, second.length, "0".repeat(64));
        assertThat(refused().code()).isEqualTo(ErrorCode.TIMEOUT);

        index.put("nvidia-second", "2.0", second);
        install().install();

        assertThat(index.requests().stream().filter(path -> path.startsWith("/files/nvidia_first"))).hasSize(1);
        assertThat(installed.resolve("libfirst.so.1")).hasBinaryContent(lib("one"));
    }

    @Test
    void whatIsNoLibraryOrIsMissingIsRefused() throws Exception {
        index.put("nvidia-first", "1.0", FakePackageIndex.wheel(Map.of("libfirst.so.1", "/etc/passwd".getBytes(UTF_8))));
        assertThat(refused()).hasMessageContaining("libfirst.so.1 in it is no library");
        index.put("nvidia-first", "1.0", FakePackageIndex.wheel(Map.of("libfirst.so.1", new byte[0])));
        assertThat(refused()).hasMessageContaining("is empty");
        index.put("nvidia-first", "1.0", FakePackageIndex.wheel(Map.of("libfirst_more.so.1", lib("more"))));
        assertThat(refused()).hasMessageContaining("it has no libfirst.so.1");
        index.put("nvidia-first", "1.0", "no zip".getBytes(UTF_8));
        assertThat(refused()).hasMessageContaining("no intact zip file");
    }

    @Test
    void librariesAreBounded() throws Exception {
        Path wheel = Files.write(folder.resolve("w.whl"), FakePackageIndex.wheel(Map.of("libsecond.so", lib("0123456789"))));
        LibraryArchive archive = new LibraryArchive(wheel, 13);

        RbeesException refusal = catchThrowableOfType(RbeesException.class,
                () -> archive.unpack(SECOND.libraries(), SECOND.needed(), folder));
        assertThat(refusal).hasMessageContaining("larger than 13 bytes");
    }

    @Test
    void roomIsLookedForBeforeAnythingIsFetched() throws Exception {
        byte[] first = FakePackageIndex.wheel(Map.of("libfirst.so.1", lib("one")));
        index.put("nvidia-first", "1.0", first, 1L << 50, "0".repeat(64));

        assertThat(refused()).hasMessageContaining("not enough room").extracting(RbeesException::code)
                .isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
        assertThat(index.requests()).noneMatch(path -> path.startsWith("/files"));
    }

    @Test
    void aPackageThatTheIndexDoesNotHaveIsNamed() {
        index.close();

        assertThat(refused()).hasMessageContaining("does not give nvidia-first").hasMessageContaining("PIP_INDEX_URL");
    }

    @Test
    void librariesOfAnEarlierVersionGoWhenThoseOfThisOneAreHere() throws Exception {
        Path earlier = Files.createDirectories(home.backends().resolve("cuda-1.28.0"));
        Path foreign = Files.createDirectories(home.backends().resolve("other"));

        install().install();

        assertThat(earlier).doesNotExist();
        assertThat(foreign).exists();
        assertThat(installed).exists();
    }

    @Test
    void removesWhatIsThereAndSaysWhetherThereWasSomething() throws Exception {
        install().install();
        Path earlier = Files.createDirectories(home.backends().resolve("cuda-1.28.0"));

        assertThat(install().remove()).isTrue();
        assertThat(earlier).doesNotExist();
        assertThat(installed).doesNotExist();
        assertThat(install().remove()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"Mac OS X,aarch64,coreml", "Linux,aarch64,cpu", "Windows 11,amd64,cpu"})
    void otherSystemsAreToldWhatToTake(String system, String kind, String instead) {
        assertThat(catchThrowableOfType(RbeesException.class, () -> CudaInstall.requireSystem(system, kind)))
                .hasMessageEndingWith("take the backend " + instead);
        assertThatCode(() -> CudaInstall.requireSystem("Linux", "amd64")).doesNotThrowAnyException();
    }

    @Test
    void theProviderIsOfTheVersionThatWorkersAreBuiltWith() throws Exception {
        assertThat(Files.readString(Path.of("../pom.xml")))
                .contains("<onnxruntime.version>" + CudaPackage.RUNTIME + "</onnxruntime.version>");
    }
}
