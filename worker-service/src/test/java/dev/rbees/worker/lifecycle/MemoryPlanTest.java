package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MemoryPlanTest {

    private static final long MB = 1_000_000;

    @ParameterizedTest
    @CsvSource({"100000, 16", "5000, 11", "3000, 6", "1500, 4"})
    void givesAsManySlotsAsFitHalfOfTheMemory(long freeMegabytes, int slots) {
        assertThat(MemoryPlan.slots(400 * MB, 190 * MB, 0, Optional.empty(), freeMegabytes * MB)).isEqualTo(slots);
    }

    @Test
    void takesWhatWasAskedForWhenItFits() {
        assertThat(MemoryPlan.slots(400 * MB, 100 * MB, 0, Optional.of(1), 800 * MB)).isEqualTo(1);
        assertThat(MemoryPlan.slots(400 * MB, 100 * MB, 0, Optional.of(40), 9000 * MB)).isEqualTo(40);
    }

    @Test
    void refusesWithNumbersWhatDoesNotFit() {
        assertThatThrownBy(() -> MemoryPlan.slots(400 * MB, 100 * MB, 0, Optional.of(2), 800 * MB))
                .isInstanceOfSatisfying(RbeesException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_VRAM))
                .hasMessage("the model needs 658 MB and 100 MB for each of 2 slots, together 858 MB, but 800 MB of memory"
                        + " are free; lower --slots or --context-length, or stop another worker");
        assertThatThrownBy(() -> MemoryPlan.slots(400 * MB, 100 * MB, 0, Optional.empty(), 800 * MB))
                .hasMessageContaining("each of 4 slots");
    }

    @Test
    void countsTheScoresOfEachSlot() {
        assertThat(MemoryPlan.slots(400 * MB, 190 * MB, 10_000_000, Optional.empty(), 5000 * MB)).isEqualTo(8);
        assertThatThrownBy(() -> MemoryPlan.slots(400 * MB, 100 * MB, 152_000, Optional.of(16), 800 * MB))
                .hasMessageContaining("102 MB for each of 16 slots");
    }

    @Test
    void knowsTheFreeMemoryOfAMachineAndOfAContainer(@TempDir Path folder) throws IOException {
        Path proc = folder.resolve("meminfo");
        Files.writeString(proc, "MemTotal:       24684084 kB\nMemFree: 1 kB\nMemAvailable:   2000 kB\n");
        assertThat(MachineMemory.available(proc, folder)).isEqualTo(2_048_000);
        Files.writeString(folder.resolve("memory.max"), "max\n");
        Files.writeString(folder.resolve("memory.current"), "500000\n");
        assertThat(MachineMemory.available(proc, folder)).isEqualTo(2_048_000);
        Files.writeString(folder.resolve("memory.max"), "1500000\n");
        assertThat(MachineMemory.available(proc, folder)).isEqualTo(1_000_000);
        Files.writeString(folder.resolve("memory.current"), "1700000\n");
        assertThat(MachineMemory.available(proc, folder)).isZero();
        assertThat(MachineMemory.available(folder.resolve("none"), folder.resolve("none"))).isPositive();
    }
}
