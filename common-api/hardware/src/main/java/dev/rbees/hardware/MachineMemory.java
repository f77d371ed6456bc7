package dev.rbees.hardware;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

import dev.rbees.api.pool.PoolStatus.Memory;

/**
 * Main memory as a process of this machine may use it: what the kernel of Linux says, with the limits of the groups that the process
 * is in.
 *
 * @param meminfo what the kernel says of the machine
 * @param cgroup what it says of the groups that this process is in: lines of {@code number:controllers:path}
 * @param groups folder of all groups
 */
public record MachineMemory(Path meminfo, Path cgroup, Path groups) {

    private static final MachineMemory HERE = new MachineMemory(Path.of("/proc/meminfo"), Path.of("/proc/self/cgroup"),
            Path.of("/sys/fs/cgroup"));

    /** The names of a group's files in the two versions of Linux's interface. */
    private record Names(String limit, String used, List<String> givenBack) {
        static final Names FIRST = new Names("memory.limit_in_bytes", "memory.usage_in_bytes",
                List.of("total_active_file", "total_inactive_file"));
        static final Names SECOND = new Names("memory.max", "memory.current", List.of("active_file", "inactive_file"));
    }

    /** What this process may use; empty on a system that does not say it as Linux does. */
    public static Optional<Memory> here() {
        return HERE.read();
    }

    /** Bytes that this process may still take without swapping; on other systems what the JDK calls free. */
    public static long available() {
        return here().map(Memory::availableBytes)
                .orElseGet(() -> ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize());
    }

    Optional<Memory> read() {
        Optional<Long> total = value(meminfo, "MemTotal:").map(kilobytes -> kilobytes * 1024);
        Optional<Long> available = value(meminfo, "MemAvailable:").map(kilobytes -> kilobytes * 1024);
        return total.isEmpty() || available.isEmpty()
                ? Optional.empty()
                : Optional.of(limited().reduce(new Memory(total.get(), available.get()), MachineMemory::smaller));
    }

    private static Memory smaller(Memory a, Memory b) {
        return new Memory(Math.min(a.totalBytes(), b.totalBytes()), Math.min(a.availableBytes(), b.availableBytes()));
    }

    /** What each group with a limit allows: this process's, and all that it lies in. */
    private Stream<Memory> limited() {
        return lines(cgroup).stream().map(line -> line.split(":", 3)).filter(parts -> parts.length == 3)
                .flatMap(parts -> {
                    boolean memory = List.of(parts[1].split(",")).contains("memory");
                    return memory
                            ? limited(groups.resolve("memory"), parts[2], Names.FIRST)
                            : parts[1].isEmpty() ? limited(groups, parts[2], Names.SECOND) : Stream.empty();
                });
    }

    private static Stream<Memory> limited(Path root, String path, Names names) {
        // why: in a container the path is the one outside of it, and the group's files lie at the root
        return Stream.iterate(root.resolve(path.replaceFirst("^/+", "")).normalize(),
                group -> group != null && group.startsWith(root), Path::getParent)
                .flatMap(group -> limited(group, names).stream());
    }

    /** why: pages of files count as used, and are given back when the room is needed. */
    private static Optional<Memory> limited(Path group, Names names) {
        OptionalLong limit = number(lines(group.resolve(names.limit())));
        OptionalLong used = number(lines(group.resolve(names.used())));
        if (limit.isEmpty() || used.isEmpty()) {
            return Optional.empty();
        }
        long files = names.givenBack().stream().mapToLong(name -> value(group.resolve("memory.stat"), name).orElse(0L))
                .sum();
        return Optional.of(new Memory(limit.getAsLong(),
                Math.max(0, limit.getAsLong() - Math.max(0, used.getAsLong() - files))));
    }

    /** The number behind a name in a file of such lines. */
    private static Optional<Long> value(Path file, String name) {
        Pattern line = Pattern.compile(Pattern.quote(name) + "\\s+(\\d{1,15})( kB)?");
        return lines(file).stream().map(line::matcher).filter(found -> found.matches())
                .map(found -> Long.parseLong(found.group(1))).findFirst();
    }

    /** Empty where there is no line or it says {@code max}. */
    private static OptionalLong number(List<String> lines) {
        return lines.stream().map(String::strip).filter(text -> text.matches("\\d{1,18}")).mapToLong(Long::parseLong)
                .findFirst();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of(); // not on Linux, or not in such a group
        }
    }
}
