package dev.rbees.orchestrator.lifecycle;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;

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
    void refusesModesThatItDoesNotHave() {
        assertThatThrownBy(() -> read(Map.of("RBEES_MODE", "lab"))).isInstanceOf(UsageException.class)
                .hasMessageContaining("only home is");
    }
}
