package dev.rbees.api.pool;

import java.util.List;

/**
 * What changes on a machine.
 *
 * @param schema version of this shape
 * @param host the machine's name
 * @param memory of the machine
 * @param disk that holds the models
 * @param gpus devices that workers can use
 * @param workers the worker processes
 */
public record PoolStatus(int schema, String host, Memory memory, Disk disk, List<Gpu> gpus, List<WorkerProcess> workers) {

    public static final int SCHEMA = 1;

    /** Bytes of main memory, and what programs can still get of it. */
    public record Memory(long totalBytes, long availableBytes) {}

    /** Bytes of the file system that holds {@code path}. */
    public record Disk(String path, long totalBytes, long freeBytes) {}

    /** A graphics device; bytes of its own memory. */
    public record Gpu(int index, String name, long vramTotalBytes, long vramFreeBytes, String computeCapability) {}
}
