package dev.rbees.hardware;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.pool.PoolStatus.Gpu;

import static org.assertj.core.api.Assertions.assertThat;

class GpuDiscoveryTest {

    private static final Gpu H100 = new Gpu(0, "NVIDIA H100 80GB HBM3", 85_520_809_984L, 80_000_000_000L, "9.0");
    private static final Gpu T4 = new Gpu(1, "NVIDIA T4", 16_106_127_360L, 15_000_000_000L, "7.5");

    @TempDir
    Path folder;

    private List<Gpu> find(String library, Map<String, String> environment) {
        return new GpuDiscovery(library, environment, false).find();
    }

    @Test
    void theLibraryTellsOfEveryCardThatAnswers() throws Exception {
        String library = FakeNvml.withCards(folder);

        assertThat(find(library, Map.of())).containsExactly(H100, T4);
        assertThat(new GpuDiscovery(library, Map.of(), false).nvidiaDriver()).contains("580.65.06");
    }

    @Test
    void aMachineWithoutLibraryAndProgramHasNoCards() {
        GpuDiscovery none = new GpuDiscovery("libno-such-library.so.1", Map.of("PATH", folder.toString()), false);

        assertThat(none.find()).isEmpty();
        assertThat(none.nvidiaDriver()).isEmpty();
    }

    @Test
    void theProgramIsAskedWhenTheLibraryFindsNoDriver() throws Exception {
        Map<String, String> environment = FakeNvml.program(folder, "nvidia-smi",
                """
                case $1 in
                *driver_version*) echo 535.10 ;;
                *) echo '0, NVIDIA T4, 15360, 15000, 7.5, 00000000:00:04.0' ;;
                esac
                """);
        GpuDiscovery discovery = new GpuDiscovery(FakeNvml.withoutDriver(folder), environment, false);

        assertThat(discovery.find()).containsExactly(new Gpu(0, "NVIDIA T4", 15360L << 20, 15000L << 20, "7.5"));
        assertThat(discovery.nvidiaDriver()).contains("535.10");
    }

    @Test
    void linesThatCannotBeTrueAreSkippedAndUnknownValuesLeftOut() throws Exception {
        Map<String, String> environment = FakeNvml.program(folder, "nvidia-smi",
                """
                cat <<'E'
                0, NVIDIA GB10, 100, [N/A], [N/A], 0000000F:01:00.0
                1, A, comma, 200, 150, 12.0, 0000000F:02:00.0
                2, no memory, [N/A], [N/A], 8.0, 0000000F:03:00.0
                3, more free than there is, 100, 101, 8.0, 0000000F:04:00.0
                4, more than a terabyte, 1048577, 1, 8.0, 0000000F:05:00.0
                5, a long bus, 100, 100, 8.0, 0123456789012345678901234567890123
                x, no number, 100, 100, 8.0, 0000000F:06:00.0
                6, too few, 100
                E
                printf '7, %0300d, 100, 100, 8.0, 0000000F:07:00.0\\n' 1
                """);

        assertThat(find("libno-such-library.so.1", environment)).containsExactly(
                new Gpu(0, "NVIDIA GB10", 100L << 20, null, null),
                new Gpu(1, "A, comma", 200L << 20, 150L << 20, "12.0"));
    }

    @Test
    void aProgramThatFailsOrHangsIsNoCard() throws Exception {
        String card = "echo '0, NVIDIA T4, 15360, 15000, 7.5, 00000000:00:04.0'\n";
        assertThat(new NvidiaSmi(FakeNvml.program(folder, "nvidia-smi", card + "exit 9")).cards()).isEmpty();
        // why: the child holds the output open, as a hanging driver's helper would
        Map<String, String> hanging = FakeNvml.program(folder, "nvidia-smi", card + "sleep 600 & sleep 600");
        assertThat(new NvidiaSmi(hanging, Duration.ofMillis(500)).cards()).isEmpty();
        assertThat(new NvidiaSmi(FakeNvml.program(folder, "nvidia-smi", card + "yes | head -c 1000000")).cards()).hasSize(1);
    }

    @Test
    void aMacTellsOfItsCards() throws Exception {
        FakeNvml.program(folder, "sysctl", "echo 17179869184");
        Map<String, String> environment = FakeNvml.program(folder, "system_profiler",
                """
                cat <<'E'
                {"SPDisplaysDataType": [
                  {"_name": "kHW_AppleM1Item", "sppci_model": "Apple M1", "sppci_cores": "8"},
                  {"_name": "AMD Radeon Pro", "spdisplays_vram": "8 GB"},
                  {"spdisplays_vram": "8 GB"}]}
                E
                """);

        assertThat(new GpuDiscovery(GpuDiscovery.NVML, environment, true).find()).containsExactly(
                new Gpu(0, "Apple M1", 16L << 30, null, null), new Gpu(1, "AMD Radeon Pro", 8L << 30, null, null));
        assertThat(new GpuDiscovery(GpuDiscovery.NVML, FakeNvml.program(folder, "system_profiler", "echo '{'"), true).find())
                .isEmpty();
    }
}
