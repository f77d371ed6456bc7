package dev.rbees.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.e2e.Installation.Ran;

import static org.assertj.core.api.Assertions.assertThat;

/** The four launchers and their two aliases. */
class LauncherIT {

    @TempDir
    Path folder;

    private Installation rbees;

    @BeforeEach
    void install() throws IOException {
        rbees = Installation.in(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rbees", "rbees-pool", "rbees-orcd", "rbees-workerd", "llorch", "llorch-pool"})
    void sayTheirVersion(String program) {
        Ran ran = rbees.run(program, "--version");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).startsWith(program.replace("llorch", "rbees").equals(program) ? program + " " : "llorch")
                .contains("Java 2");
        assertThat(ran.err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"rbees, frobnicate", "rbees-pool, frobnicate", "rbees-orcd, --prot", "rbees-workerd, --modle"})
    void refuseWhatTheyDoNotKnowInOneLine(String program, String word) {
        Ran ran = rbees.run(program, word);
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("error: ").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rbees", "rbees-pool", "rbees-orcd", "rbees-workerd"})
    void useTheirAotCache(String program) {
        // why: Java says so itself when a cache does not fit, and with this flag refuses to go on without
        Ran ran = rbees.run(Map.of("RBEES_JAVA_OPTS", "-XX:AOTMode=on"), program, "--version");
        assertThat(ran.exit()).as(ran.err()).isZero();
    }

    @Test
    void sayWhatToInstallWhereThereIsNoJava() throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : List.of("sh", "dirname", "basename", "readlink", "sed")) {
            Files.createSymbolicLink(tools.resolve(tool), Path.of("/usr/bin", tool));
        }
        // why: the launchers also look where a JDK usually lies, so this one is given a file that has no such places
        Path launch = Installation.DISTRIBUTION.resolve("lib/launch.sh");
        Path copy = Files.createDirectories(folder.resolve("copy/lib")).resolve("launch.sh");
        Files.writeString(copy,
                Files.readString(launch).replace("/usr/lib/jvm/*", "").replace("/opt/", "/no/").replace("/usr/java/*", ""));
        Path bin = Files.createDirectories(folder.resolve("copy/bin")).resolve("rbees");
        Files.copy(Installation.DISTRIBUTION.resolve("bin/rbees"), bin);
        Ran ran = rbees.run(Map.of("PATH", tools.toString(), "JAVA_HOME", "", "HOME", folder.toString()),
                List.of("/bin/sh", bin.toString(), "--version"));
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err())
                .isEqualTo("error: rbees needs Java 25 or newer and found none; install one, for example Temurin 25,"
                        + " or set JAVA_HOME to it\n");
    }

    @Test
    void workFromAnyPlaceThroughALink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("rb"), Installation.DISTRIBUTION.resolve("bin/rbees-pool"));
        Ran ran = rbees.run(Map.of(), List.of(link.toString(), "models", "catalog", "--output", "name"));
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains(Installation.MODEL);
    }

    /** why: cron, service managers and remote shells often have no locale, or name one that the machine does not have. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "xx_XX.UTF-8"})
    void readTextInUtf8InEveryLocale(String locale) throws IOException {
        Path file = Files.writeString(folder.resolve("modèle.gguf"), "GGUF\3\0\0\0" + "\0".repeat(16));
        Map<String, String> environment = Map.of("LC_ALL", locale);
        Ran ran = rbees.run(environment, "rbees-pool", "models", "import", file.toString(), "--output", "json");
        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("modèle.gguf");
        assertThat(rbees.run(environment, "rbees-pool", "models", "verify", "mod-le").exit()).isZero();
    }

    @Test
    void theOrchestratorRefusesAPortThatIsTakenInOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ran ran = rbees.run("rbees-orcd", "--port", "" + taken.getLocalPort());
            assertThat(ran.exit()).isEqualTo(2);
            assertThat(ran.err().lines()).containsExactly(
                    "error: --port " + taken.getLocalPort() + " is in use by another program; choose another",
                    "Try 'rbees-orcd --help'.");
        }
    }

    @Test
    void noJarIsThereTwice() throws IOException {
        try (Stream<Path> files = Files.list(Installation.DISTRIBUTION.resolve("lib"))) {
            Map<String, Long> names = files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".jar"))
                    // why: a library may bring one further jar for each kind of machine
                    .collect(Collectors.groupingBy(name -> name.replaceFirst("-\\d[\\d.]*(\\.Final)?(?=[-.])", ""),
                            Collectors.counting()));
            assertThat(names).allSatisfy((_, count) -> assertThat(count).isEqualTo(1));
        }
    }

    @Test
    void logsAreJsonWhenAskedFor() throws Exception {
        rbees.startOrchestrator();
        Ran second = rbees.run(Map.of("RBEES_LOG_FORMAT", "json", "RBEES_HOEM", "x"), "rbees-orcd", "--port",
                "" + Installation.freePort());
        assertThat(second.exit()).isEqualTo(1);
        assertThat(second.err()).contains("another rbees-orcd uses").doesNotContain("Exception");
        assertThat(rbees.run(Map.of("RBEES_LOG_FORMAT", "xml"), "rbees-orcd").err())
                .startsWith("error: RBEES_LOG_FORMAT must be");
        rbees.stop();
    }
}
