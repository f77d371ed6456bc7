package dev.rbees.pool.inventory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import oshi.SystemInfo;
import oshi.hardware.GlobalMemory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolInfo;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.hardware.GpuDiscovery;
import dev.rbees.hardware.MachineMemory;

/** What this machine has, and how much of it is free. */
public final class Machine {

    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final List<Path> RELEASES = List.of(Path.of("/etc/os-release"), Path.of("/usr/lib/os-release"));

    private final GpuDiscovery gpus;
    private final Processor processor = new Processor();

    /** @param environment in which programs that know about cards are looked for */
    public Machine(Map<String, String> environment) {
        gpus = new GpuDiscovery(environment);
    }

    /** The machine's name, as it calls itself. */
    public String host() {
        try {
            return Files.isReadable(HOST_NAME)
                    ? Files.readString(HOST_NAME).strip()
                    : InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "localhost";
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.INTERNAL, "cannot read the machine's name", e);
        }
    }

    /** Its system with version, kernel and kind of processor: {@code Debian GNU/Linux 12 (bookworm), Linux 6.1.0, amd64}. */
    public String os() {
        String kernel = System.getProperty("os.name", "unknown") + " " + System.getProperty("os.version", "");
        String kind = System.getProperty("os.arch", "unknown");
        return distribution().map(name -> name + ", ").orElse("") + kernel.strip() + ", " + kind;
    }

    private static Optional<String> distribution() {
        for (Path release : RELEASES) {
            Optional<String> name = ProcText.lines(release).stream().filter(line -> line.startsWith("PRETTY_NAME="))
                    .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", "").strip())
                    .filter(text -> !text.isEmpty()).findFirst();
            if (name.isPresent()) {
                return name;
            }
        }
        return Optional.empty();
    }

    /** Its processor. */
    public PoolInfo.Cpu cpu() {
        return processor.read();
    }

    /** Main memory; available is what programs can get without swapping. In a container its limits count. */
    public PoolStatus.Memory memory() {
        // why: OSHI takes a hundred times as long as the kernel
        return MachineMemory.here().orElseGet(Machine::memoryByOshi);
    }

    static PoolStatus.Memory memoryByOshi() {
        GlobalMemory memory = new SystemInfo().getHardware().getMemory();
        return new PoolStatus.Memory(memory.getTotal(), memory.getAvailable());
    }

    /** The file system that holds a folder, or will hold it; free is what this user may still use. */
    public PoolStatus.Disk disk(Path folder) {
        try {
            Path existing = folder;
            while (!Files.exists(existing) && existing.getParent() != null) {
                existing = existing.getParent();
            }
            FileStore store = Files.getFileStore(existing);
            return new PoolStatus.Disk(folder.toString(), store.getTotalSpace(), store.getUsableSpace());
        } catch (IOException e) {
            throw new RbeesException(ErrorCode.STORAGE_UNAVAILABLE, "cannot read the file system of " + folder, e);
        }
    }

    /** Its graphics cards, by their numbers. */
    public List<PoolStatus.Gpu> gpus() {
        return gpus.find();
    }

    /** Version of NVIDIA's driver; empty when there is none that works. */
    public Optional<String> nvidiaDriver() {
        return gpus.nvidiaDriver();
    }
}
