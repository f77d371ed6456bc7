package dev.rbees.pool.inventory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import oshi.SystemInfo;
import oshi.hardware.GlobalMemory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolStatus;

/** What this machine has, and how much of it is free. */
public final class Machine {

    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

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

    /** Main memory; available is what programs can get without swapping. */
    public PoolStatus.Memory memory() {
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

    /**
     * The graphics devices that workers of this version can use. It has workers for the CPU only, so there are none, also on
     * a machine with cards.
     */
    public List<PoolStatus.Gpu> gpus() {
        return List.of();
    }
}
