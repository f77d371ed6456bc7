package dev.rbees.api.worker;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.rbees.api.json.Json;

import static org.assertj.core.api.Assertions.assertThat;

class WorkerHealthTest {

    private static final WorkerHealth SILENT = new WorkerHealth(WorkerStatus.READY, "w", "m", Backend.CPU,
            List.of("text-gen"), 1,
            null, null, null, "gguf-bpe", 10, 20, "Q4_0", "a", "b", "host", 1, 2, 2, 3, List.of(), null);

    @Test
    void aWorkerWithoutWarningsIsOneThatDoesNotSayThem() {
        String written = Json.write(SILENT);
        assertThat(Json.read(written, WorkerHealth.class)).isEqualTo(SILENT);
        assertThat(Json.read(written.replace(",\"warnings\":[]", ""), WorkerHealth.class)).isEqualTo(SILENT);
        assertThat(SILENT.warnings()).isEmpty();
    }

    @Test
    void warningsAreAList() {
        WorkerHealth doubtful = Json.read(Json.write(SILENT).replace("\"warnings\":[]", "\"warnings\":[\"no merges\"]"),
                WorkerHealth.class);
        assertThat(doubtful.warnings()).containsExactly("no merges");
        assertThat(Json.write(doubtful)).contains("\"warnings\":[\"no merges\"]");
    }
}
