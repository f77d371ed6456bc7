package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

/** How much memory this process may still take. */
final class MachineMemory {

    private static final Path PROC = Path.of("/proc/meminfo");
    private static final Path CGROUP = Path.of("/sys/fs/cgroup");

    private MachineMemory() {}

    /** Bytes: what the kernel can give without swapping, or, in a container, what is left of its limit, if that is less. */
    static long available() {
        return available(PROC, CGROUP);
    }

    static long available(Path proc, Path cgroup) {
        long machine = memAvailable(proc).orElseGet(() -> ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                .getFreeMemorySize());
        OptionalLong limit = number(cgroup.resolve("memory.max"));
        OptionalLong used = number(cgroup.resolve("memory.current"));
        return limit.isPresent() && used.isPresent()
                ? Math.clamp(limit.getAsLong() - used.getAsLong(), 0, machine)
                : machine;
    }

    private static Optional<Long> memAvailable(Path proc) {
        try (Stream<String> lines = Files.lines(proc)) {
            return lines.filter(line -> line.matches("MemAvailable:\\s+\\d{1,15} kB")).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024);
        } catch (IOException e) {
            return Optional.empty(); // not on Linux
        }
    }

    /** Empty where there is no such file or it says {@code max}. */
    private static OptionalLong number(Path file) {
        try {
            String text = Files.readString(file).strip();
            return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
