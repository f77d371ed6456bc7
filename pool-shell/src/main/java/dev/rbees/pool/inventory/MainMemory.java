package dev.rbees.pool.inventory;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

import oshi.SystemInfo;
import oshi.hardware.GlobalMemory;

import dev.rbees.api.pool.PoolStatus.Memory;

/**
 * Main memory: on Linux what the kernel says, which takes a millisecond where OSHI takes a hundred, and OSHI's word
 * elsewhere.
 */
final class MainMemory {

    private final Path proc;
    private final Path cgroup;

    MainMemory() {
        this(Path.of("/proc/meminfo"), Path.of("/sys/fs/cgroup"));
    }

    MainMemory(Path proc, Path cgroup) {
        this.proc = proc;
        this.cgroup = cgroup;
    }

    Memory read() {
        List<String> lines = ProcText.lines(proc);
        Optional<Long> total = bytes(lines, "MemTotal");
        Optional<Long> available = bytes(lines, "MemAvailable");
        return total.isPresent() && available.isPresent()
                ? limited(new Memory(total.get(), available.get()))
                : fromOshi();
    }

    /** What a container may take, if that is less. */
    private Memory limited(Memory machine) {
        OptionalLong limit = ProcText.number(cgroup.resolve("memory.max"));
        OptionalLong used = ProcText.number(cgroup.resolve("memory.current"));
        if (limit.isEmpty() || limit.getAsLong() >= machine.totalBytes()) {
            return machine;
        }
        long left = Math.max(0, limit.getAsLong() - used.orElse(0));
        return new Memory(limit.getAsLong(), Math.min(left, machine.availableBytes()));
    }

    private static Optional<Long> bytes(List<String> lines, String key) {
        return ProcText.value(lines, key).filter(text -> text.matches("\\d{1,15} kB"))
                .map(text -> Long.parseLong(text.substring(0, text.indexOf(' '))) * 1024);
    }

    private static Memory fromOshi() {
        GlobalMemory memory = new SystemInfo().getHardware().getMemory();
        return new Memory(memory.getTotal(), memory.getAvailable());
    }
}
