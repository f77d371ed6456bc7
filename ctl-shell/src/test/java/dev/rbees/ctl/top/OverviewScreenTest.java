package dev.rbees.ctl.top;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.rbees.api.pool.PoolState;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.task.Priority;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerStatus;

import static org.assertj.core.api.Assertions.assertThat;

class OverviewScreenTest {

    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

    private final OverviewScreen screen = new OverviewScreen(InstantSource.fixed(NOW));

    private static Overview overview(int workers, int models) {
        PoolStatus.Memory memory = new PoolStatus.Memory(64_000_000_000L, 12_500_000_000L);
        return new Overview("http://blep:8080", "ok", new Overview.Totals(1, workers, 8, 3, 4, 2, 123.44),
                List.of(new Overview.Machine("gpu-box", "10.0.0.7", PoolState.ONLINE, null, NOW.minusSeconds(4), memory,
                        List.of(new PoolStatus.Gpu(0, "NVIDIA H100", 80_000_000_000L, 60_000_000_000L, "9.0"),
                                new PoolStatus.Gpu(1, "NVIDIA H100", 80_000_000_000L, null, "9.0"))),
                        new Overview.Machine("mac", "mac.lan", PoolState.UNREACHABLE, "no route to it \033[2J", null, null,
                                List.of())),
                IntStream.range(0, workers).mapToObj(i -> new Overview.Worker("worker-cuda-" + i, "gpu-box",
                        WorkerStatus.BUSY, "llama-3.1-8b-instruct-with-a-long-name", Backend.CUDA, 4, 1,
                        i == 0 ? 12.0 : null))
                        .toList(),
                IntStream.range(0, models).mapToObj(i -> new Overview.Waiting("model-" + i, Priority.BATCH, models - i))
                        .toList());
    }

    @Test
    void saysAllWhereThereIsRoom() {
        assertThat(String.join("\n", screen.lines(overview(2, 1), 200, 100))).isEqualTo(
                """
                rbees  http://blep:8080  ok
                2 machines (1 online), 2 workers, 3 of 8 slots busy, 123.4 tokens/s
                waiting: 4 interactive, 2 batch

                MACHINE  STATE        SEEN           MEMORY FREE  DEVICE                       FREE  PROBLEM
                gpu-box  online       4s ago  12.5 GB of 64.0 GB  0 NVIDIA H100  60.0 GB of 80.0 GB  -
                -        -            -                        -  1 NVIDIA H100        ? of 80.0 GB  -
                mac      unreachable  -                        -  -                               -  no route to it [2J

                WORKER         MACHINE  STATUS  MODEL                                   BACKEND  BUSY  TOKENS/S
                worker-cuda-0  gpu-box  busy    llama-3.1-8b-instruct-with-a-long-name  cuda      1/4      12.0
                worker-cuda-1  gpu-box  busy    llama-3.1-8b-instruct-with-a-long-name  cuda      1/4         -

                WAITING FOR  CLASS  TASKS
                model-0      batch      1""");
    }

    @Test
    void fitsAnyScreen() {
        for (int rows = 1; rows < 60; rows++) {
            assertThat(screen.lines(overview(40, 30), 80, rows)).hasSizeLessThanOrEqualTo(rows);
        }
        List<String> lines = screen.lines(overview(40, 30), 80, 24);
        assertThat(lines).hasSize(24).contains("… and 35 more").anyMatch(line -> line.startsWith("WAITING FOR"))
                .anyMatch(line -> line.startsWith("MACHINE"));
        assertThat(lines.subList(3, lines.size())).allMatch(line -> line.length() <= 84);
    }

    @Test
    void whatIsNotThereTakesNoRoom() {
        Overview empty = new Overview("http://blep:8080", "ok", new Overview.Totals(0, 0, 0, 0, 0, 0, null), List.of(),
                List.of(), List.of());
        assertThat(screen.lines(empty, 80, 24)).hasSize(3);
    }
}
