package dev.rbees.hardware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.pool.PoolStatus.Memory;

import static org.assertj.core.api.Assertions.assertThat;

class MachineMemoryTest {

    private static final long MACHINE = 2_048_000;

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        write("meminfo", "MemTotal:       24684084 kB\nMemFree: 1 kB\nMemAvailable:   2000 kB\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private Memory memory() {
        return new MachineMemory(folder.resolve("meminfo"), folder.resolve("cgroup"), folder.resolve("groups")).read()
                .orElseThrow();
    }

    private long free() {
        return memory().availableBytes();
    }

    @Test
    void knowsWhatTheMachineCanGive() throws IOException {
        assertThat(free()).isEqualTo(MACHINE);
        write("cgroup", "0::/\n");
        assertThat(free()).isEqualTo(MACHINE);
        assertThat(memory().totalBytes()).isEqualTo(24_684_084L * 1024);
        assertThat(new MachineMemory(folder.resolve("none"), folder.resolve("none"), folder.resolve("none")).read())
                .as("another system").isEmpty();
        assertThat(MachineMemory.available()).isPositive();
    }

    @Test
    void knowsWhatIsLeftInAContainer() throws IOException {
        write("cgroup", "0::/\n");
        write("groups/memory.max", "max\n");
        write("groups/memory.current", "500000\n");
        assertThat(free()).isEqualTo(MACHINE);
        write("groups/memory.max", "1500000\n");
        assertThat(memory()).isEqualTo(new Memory(1_500_000, 1_000_000));
        write("groups/memory.current", "1700000\n");
        assertThat(free()).isZero();
    }

    @Test
    void pagesOfFilesAreGivenBack() throws IOException {
        write("cgroup", "0::/\n");
        write("groups/memory.max", "1500000\n");
        write("groups/memory.current", "1400000\n");
        write("groups/memory.stat", "anon 100000\nfile 1300000\ninactive_file 900000\nactive_file 300000\nshmem 100000\n");
        assertThat(free()).isEqualTo(1_300_000);
    }

    @Test
    void theSmallestOfAllGroupsAboveCounts() throws IOException {
        write("cgroup", "0::/user.slice/worker.service\n");
        write("groups/user.slice/memory.max", "900000\n");
        write("groups/user.slice/memory.current", "200000\n");
        write("groups/user.slice/worker.service/memory.max", "max\n");
        write("groups/user.slice/worker.service/memory.current", "100000\n");
        assertThat(free()).isEqualTo(700_000);
        write("groups/user.slice/worker.service/memory.max", "300000\n");
        assertThat(free()).isEqualTo(200_000);
    }

    @Test
    void knowsTheFirstVersionOfGroups() throws IOException {
        write("cgroup", "5:devices:/\n4:cpu,memory:/a/b\n0::/\n");
        write("groups/memory/a/memory.limit_in_bytes", "800000\n");
        write("groups/memory/a/memory.usage_in_bytes", "600000\n");
        write("groups/memory/a/memory.stat", "total_inactive_file 50000\ntotal_active_file 50000\n");
        write("groups/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n");
        write("groups/memory/a/b/memory.usage_in_bytes", "1\n");
        assertThat(free()).isEqualTo(300_000);
    }
}
