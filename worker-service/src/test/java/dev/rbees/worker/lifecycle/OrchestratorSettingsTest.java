package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OrchestratorSettingsTest {

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void write() throws IOException {
        model = Files.writeString(folder.resolve("m.gguf"), "no model");
    }

    private List<URI> orchestrators(Map<String, String> environment, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--model", model.toString()));
        arguments.addAll(List.of(more));
        return WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, arguments), environment).orchestrators();
    }

    @Test
    void oneOrSeveralCanBeNamed() {
        assertThat(orchestrators(Map.of())).isEmpty();
        assertThat(orchestrators(Map.of(), "--orchestrator-url", "http://a:8080/"))
                .containsExactly(URI.create("http://a:8080"));
        assertThat(orchestrators(Map.of(), "--orchestrator-url", "https://a, http://[::1]:8080/,https://a"))
                .containsExactly(URI.create("https://a"), URI.create("http://[::1]:8080"));
        Map<String, String> environment = Map.of("RBEES_ORCHESTRATOR_URL", "http://a:8080,http://b:8080");
        assertThat(orchestrators(environment)).containsExactly(URI.create("http://a:8080"), URI.create("http://b:8080"));
        assertThat(orchestrators(environment, "--orchestrator-url", "")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"b:8080", "", "ftp://b", "http://b/path", "http://u@b:8080", "http://b:0", "http://b:65536",
        "http://b:x", "http://[b", "http://no host"})
    void theOneThatIsWrongIsNamed(String bad) {
        assertThatThrownBy(() -> orchestrators(Map.of(), "--orchestrator-url", "http://a:8080," + bad + ",http://c"))
                .isInstanceOf(UsageException.class).hasMessage("the orchestrator's URL must look like http://host:8080,"
                        + " several with commas between them (got '" + bad + "')");
    }
}
