package dev.rbees.orchestrator.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.store.Retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the command line and the environment say. */
class OrchestratorSettingsTest {

    private static OrchestratorSettings read(Map<String, String> environment, String... args) {
        return OrchestratorSettings.of(CommandLine.parse(OrchestratorSettings.SPEC, List.of(args)), environment);
    }

    @Test
    void hasDefaults() {
        OrchestratorSettings settings = read(Map.of("RBEES_HOME", "/somewhere"));
        assertThat(settings.port()).isEqualTo(8080);
        assertThat(settings.bind()).isEqualTo("127.0.0.1");
        assertThat(settings.queueCapacity()).isEqualTo(100);
        assertThat(settings.home().root()).hasToString("/somewhere");
    }

    @Test
    void takesWhatIsSaid() {
        OrchestratorSettings settings = read(Map.of("RBEES_MODE", "home"), "--port", "9090", "--queue-capacity", "7");
        assertThat(settings.port()).isEqualTo(9090);
        assertThat(settings.queueCapacity()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({"--port, 0", "--port, 70000", "--port, x", "--queue-capacity, 0", "--queue-capacity, 10001", "--prot, 1"})
    void refusesWhatIsWrong(String option, String value) {
        assertThatThrownBy(() -> read(Map.of(), option, value)).isInstanceOf(UsageException.class);
    }

    @Test
    void takesHowLongWhatHasEndedIsKept() {
        assertThat(read(Map.of()).retention()).isEqualTo(new Retention(Duration.ofDays(7), Long.MAX_VALUE));
        assertThat(read(Map.of(), "--retention", "36h", "--retention-size", "20GB").retention())
                .isEqualTo(new Retention(Duration.ofHours(36), 20_000_000_000L));
        assertThatThrownBy(() -> read(Map.of(), "--retention", "7")).isInstanceOf(UsageException.class)
                .hasMessageContaining("for example 7d");
        assertThatThrownBy(() -> read(Map.of(), "--retention-size", "-1GB")).isInstanceOf(UsageException.class)
                .hasMessageContaining("for example 20GB");
    }

    @Test
    void takesPoliciesAndAQueueWithoutBound() {
        OrchestratorSettings settings = read(Map.of(), "--queue-capacity", "-1", "--queue-full", "drop-lru", "--scheduling",
                "round-robin");
        assertThat(settings.queueCapacity()).isEqualTo(Integer.MAX_VALUE);
        assertThat(settings.fullQueue()).isEqualTo(FullQueue.DROP_LRU);
        assertThat(settings.policy()).isEqualTo(Policy.ROUND_ROBIN);
        assertThatThrownBy(() -> read(Map.of(), "--scheduling", "round-robbin"))
                .hasMessageContaining("did you mean 'round-robin'");
    }

    @Test
    void atHomeItListensOnLoopbackOnly() {
        assertThat(read(Map.of(), "--bind", "localhost").bind()).isEqualTo("127.0.0.1");
        assertThatThrownBy(() -> read(Map.of(), "--bind", "no such host")).isInstanceOf(UsageException.class)
                .hasMessageContaining("no address");
        assertThatThrownBy(() -> read(Map.of(), "--bind", "0.0.0.0")).isInstanceOf(UsageException.class)
                .hasMessageContaining("RBEES_MODE=lab");
        assertThatThrownBy(() -> read(Map.of(), "--allowed-hosts", "a")).isInstanceOf(UsageException.class);
    }

    @Test
    void aLabHasAToken(@TempDir Path folder) throws IOException {
        assertThatThrownBy(() -> read(Map.of("RBEES_MODE", "lab"))).isInstanceOf(UsageException.class)
                .hasMessageContaining("needs a token");
        Path file = secret(folder.resolve("token"));
        OrchestratorSettings settings = read(Map.of("RBEES_MODE", "lab", "RBEES_API_TOKEN_FILE", file.toString()), "--bind",
                "0.0.0.0", "--allowed-hosts", "Server.lan, other", "--worker-networks", "192.0.2.0/24");
        assertThat(settings.bind()).isEqualTo("0.0.0.0");
        assertThat(settings.access().token()).isPresent();
        assertThat(settings.workerNetworks()).hasSize(1);
        assertThat(settings.access().hosts()).containsExactlyInAnyOrder("server.lan", "other");
    }

    private static Path secret(Path file) throws IOException {
        Files.writeString(file, "t".repeat(32));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void beyondThisMachineAPlatformSpeaksTls(@TempDir Path folder) throws IOException {
        Map<String, String> platform = Map.of("RBEES_MODE", "platform", "RBEES_API_TOKEN_FILE",
                secret(folder.resolve("token")).toString());
        String key = secret(folder.resolve("key.pem")).toString();
        String certificate = secret(folder.resolve("certificate.pem")).toString();
        assertThat(read(platform).tls()).isEmpty();
        assertThatThrownBy(() -> read(platform, "--bind", "0.0.0.0")).hasMessageContaining("--tls-certificate");
        assertThat(read(platform, "--bind", "0.0.0.0", "--insecure-bind").bind()).isEqualTo("0.0.0.0");
        assertThat(read(platform, "--bind", "0.0.0.0", "--tls-certificate", certificate, "--tls-key", key).tls())
                .isPresent();
        assertThatThrownBy(() -> read(platform, "--tls-key", key)).hasMessageContaining("belong together");
        Files.setPosixFilePermissions(Path.of(key), PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> read(platform, "--tls-certificate", certificate, "--tls-key", key))
                .hasMessageContaining("chmod 0600");
    }

    @Test
    void workersMayHaveATokenOfTheirOwn(@TempDir Path folder) throws IOException {
        String join = secret(folder.resolve("join")).toString();
        assertThat(read(Map.of("RBEES_MODE", "lab", "RBEES_API_TOKEN_FILE", join), "--join-token-file", join).joinToken())
                .isPresent();
        assertThatThrownBy(() -> read(Map.of(), "--join-token-file", join)).hasMessageContaining("RBEES_MODE=lab");
    }

    @ParameterizedTest
    @CsvSource({"platform, needs a token", "lap, did you mean"})
    void refusesModesThatItDoesNotHave(String mode, String message) {
        assertThatThrownBy(() -> read(Map.of("RBEES_MODE", mode))).isInstanceOf(UsageException.class)
                .hasMessageContaining(message);
    }
}
