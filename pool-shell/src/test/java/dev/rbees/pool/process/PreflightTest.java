package dev.rbees.pool.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.worker.Backend;
import dev.rbees.home.RbeesHome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class PreflightTest {

    private static final long GB = 1_000_000_000;

    @TempDir
    Path folder;

    private long memory = 100 * GB;
    private long disk = 100 * GB;
    private List<PoolStatus.Gpu> gpus = List.of();

    private static ModelEntry model(String id, long size, String format) {
        return new ModelEntry(id, id, true, format, null, null, size, "ab".repeat(32), "/m", null, null, null);
    }

    private void check(Backend backend, Optional<Integer> gpu, ModelEntry model) {
        SpawnRequest wanted = new SpawnRequest(backend, gpu, model.id(), Optional.empty(), false, Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                SpawnRequest.Weights.DEFAULT);
        new Preflight(new RbeesHome(folder), () -> new PoolStatus.Memory(memory, memory),
                path -> new PoolStatus.Disk(path.toString(), disk, disk), () -> gpus)
                .check(wanted, model, List.of(model("giant", 40 * GB, "gguf"), model("small", GB, "gguf"),
                        model("tiny", GB / 10, "gguf")));
    }

    private RbeesException refusal(Backend backend, Optional<Integer> gpu, ModelEntry model) {
        return catchThrowableOfType(RbeesException.class, () -> check(backend, gpu, model));
    }

    @Test
    void aModelThatFitsIsFine() {
        assertThatNoException().isThrownBy(() -> check(Backend.CPU, Optional.empty(), model("m", GB, "gguf")));
    }

    @Test
    void aModelThatIsLargerThanTheFreeMemoryIsRefusedWithNumbersAndWhatWouldFit() {
        memory = 2 * GB;
        RbeesException refusal = refusal(Backend.CPU, Optional.empty(), model("m", 4 * GB, "gguf"));

        assertThat(refusal.code()).isEqualTo(ErrorCode.INSUFFICIENT_VRAM);
        assertThat(refusal)
                .hasMessage("model 'm' needs at least 4.4 GB of memory (4.0 GB of weights, 400.0 MB beside them and"
                        + " some for each context), and 2.0 GB is free; stop something that takes it, or run a smaller model: small"
                        + " (1.0 GB), tiny (100.0 MB)");
        memory = GB / 10;
        assertThat(refusal(Backend.CPU, Optional.empty(), model("m", 4 * GB, "gguf")))
                .hasMessageEndingWith("stop something that takes it");
    }

    @Test
    void theFirstStartNeedsRoomForTheImport() throws Exception {
        disk = GB;
        ModelEntry model = model("m", 2 * GB, "gguf");

        assertThat(refusal(Backend.CPU, Optional.empty(), model)).hasMessageContaining("writes about 2.0 GB")
                .hasMessageContaining("1.0 GB is free").hasMessageContaining("models disk-usage");
        assertThatNoException().as("a graph runs as it is")
                .isThrownBy(() -> check(Backend.CPU, Optional.empty(), model("m", 2 * GB, "onnx")));
        Files.createDirectories(folder.resolve("cache").resolve("ab".repeat(32)));
        assertThatNoException().as("it was imported before").isThrownBy(() -> check(Backend.CPU, Optional.empty(), model));
    }

    @Test
    void aCardMustBeThereAndHaveRoom() {
        ModelEntry model = model("m", 4 * GB, "gguf");
        assertThat(refusal(Backend.CUDA, Optional.empty(), model)).hasMessageContaining("needs an NVIDIA card")
                .hasMessageContaining("rbees-pool doctor");
        gpus = List.of(new PoolStatus.Gpu(0, "first", 8 * GB, 7 * GB, "8.9"),
                new PoolStatus.Gpu(1, "second", 8 * GB, GB, "8.9"));
        memory = GB;
        assertThatNoException().isThrownBy(() -> check(Backend.CUDA, Optional.empty(), model));
        assertThat(refusal(Backend.CUDA, Optional.of(1), model)).hasMessageContaining("of memory of card 1")
                .hasMessageContaining("1.0 GB is free");
        assertThat(refusal(Backend.CUDA, Optional.of(7), model))
                .hasMessage("there is no card number 7; there are: 0 (first), 1 (second)");
    }

    @Test
    void aCardThatDoesNotTellItsFreeMemoryIsTried() {
        gpus = List.of(new PoolStatus.Gpu(0, "first", 8 * GB, null, null));

        assertThatNoException().isThrownBy(() -> check(Backend.CUDA, Optional.of(0), model("m", 4 * GB, "gguf")));
    }
}
