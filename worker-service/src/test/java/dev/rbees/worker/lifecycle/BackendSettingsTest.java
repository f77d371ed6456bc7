package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.Backend;
import dev.rbees.cli.CommandLine;
import dev.rbees.cli.UsageException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class BackendSettingsTest {

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void write() throws IOException {
        model = Files.writeString(folder.resolve("m.gguf"), "no model");
    }

    private WorkerSettings settings(String... more) {
        List<String> arguments = new ArrayList<>(List.of("--model", model.toString()));
        arguments.addAll(List.of(more));
        return WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, arguments), Map.of("RBEES_HOME", folder.toString()));
    }

    @ParameterizedTest
    @CsvSource({"cpu,CPU,worker-cpu-", "cuda,CUDA,worker-cuda-", "coreml,COREML,worker-coreml-",
        "metal,COREML,worker-coreml-", "webgpu,WEBGPU,worker-webgpu-"})
    void everyBackendCanBeChosen(String word, Backend backend, String id) {
        WorkerSettings settings = settings("--backend", word);
        assertThat(settings.backend()).isEqualTo(backend);
        assertThat(settings.workerId()).matches(id + "[a-z0-9]{6}");
        assertThat(settings("--backend", word).workerId()).as("of another worker").isNotEqualTo(settings.workerId());
    }

    @Test
    void onlyAnIdThatWasDrawnMayBeDrawnAgain() {
        assertThat(settings().drawnId()).isTrue();
        assertThat(settings("--worker-id", "mine").workerId()).isEqualTo("mine");
        assertThat(settings("--worker-id", "mine").drawnId()).isFalse();
    }

    @Test
    void theProcessorAndTheFirstCardAreTheDefault() {
        assertThat(settings().backend()).isEqualTo(Backend.CPU);
        assertThat(settings("--backend", "cuda").gpuDevice()).isZero();
        assertThat(settings("--backend", "cuda", "--gpu-device", "3").gpuDevice()).isEqualTo(3);
    }

    @Test
    void refusesOtherBackendsAndCardsOfOthers() {
        assertThatThrownBy(() -> settings("--backend", "cudda")).isInstanceOf(UsageException.class)
                .hasMessage("--backend must be one of cpu, cuda, coreml, webgpu (got 'cudda'); did you mean 'cuda'?");
        assertThatThrownBy(() -> settings("--gpu-device", "0")).isInstanceOf(UsageException.class)
                .hasMessage("--gpu-device is only for --backend cuda");
        assertThatThrownBy(() -> settings("--backend", "cuda", "--gpu-device", "-1")).isInstanceOf(UsageException.class)
                .hasMessageContaining("--gpu-device");
    }

    @Test
    @DisabledOnOs(OS.MAC)
    void saysThatTheDeviceIsMissingBeforeItLooksAtTheModel() {
        ModelLoader loader = new ModelLoader(settings("--backend", "metal"), Clock.systemUTC(), new SplittableRandom(1));
        RbeesException refused = catchThrowableOfType(RbeesException.class, () -> loader.prepare().load((_, _) -> {
        }));
        assertThat(refused).hasMessageStartingWith("the backend coreml exists only on macOS");
        assertThat(refused.code().exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(folder.resolve("cache")).doesNotExist();
    }
}
