package dev.rbees.pool.inventory;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.pool.PoolInfo.Cpu;
import dev.rbees.api.pool.PoolStatus.Memory;

import static org.assertj.core.api.Assertions.assertThat;

/** What is read out of the texts of Linux, and that OSHI is asked where there are none. */
class LinuxFactsTest {

    @TempDir
    Path folder;

    @Test
    void whereThereAreNoTextsOshiIsAsked() {
        Memory memory = Machine.memoryByOshi();

        assertThat(memory.totalBytes()).isGreaterThanOrEqualTo(memory.availableBytes()).isPositive();
        assertThat(new Processor(folder.resolve("none")).read().model()).isNotBlank();
    }

    @Test
    void theProcessorIsNamedWithWhatSpeedsUpModels() throws Exception {
        Path proc = Files.writeString(folder.resolve("cpuinfo"), """
                                                                 processor	: 0
                                                                 model		: 17
                                                                 model name	: AMD EPYC 9R14
                                                                 flags		: fpu avx2 fma avx512f avx512_vnni clzero

                                                                 processor	: 1
                                                                 model name	: AMD EPYC 9R14
                                                                 """);
        Cpu cpu = new Processor(proc).read();

        assertThat(cpu.model()).isEqualTo("AMD EPYC 9R14");
        assertThat(cpu.features()).containsExactly("avx2", "fma", "avx512f", "avx512_vnni");
        assertThat(cpu.cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void anArmProcessorTellsItsFeaturesInAnotherPlace() throws Exception {
        Path proc = Files.writeString(folder.resolve("cpuinfo"), """
                                                                 processor	: 0
                                                                 Features	: fp asimd asimddp i8mm sve
                                                                 Model		: Raspberry Pi 5
                                                                 """);

        assertThat(new Processor(proc).read()).extracting(Cpu::model, cpu -> String.join(" ", cpu.features()))
                .containsExactly("Raspberry Pi 5", "asimd asimddp i8mm sve");
    }
}
