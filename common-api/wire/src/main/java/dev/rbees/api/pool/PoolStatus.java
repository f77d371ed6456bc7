package dev.rbees.api.pool;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What changes on a machine.
 *
 * @param schema version of this shape
 * @param host the machine's name
 * @param memory of the machine
 * @param disk that holds the models
 * @param gpus its graphics cards
 * @param models that are on it
 * @param workers the worker processes
 */
public record PoolStatus(int schema, String host, Memory memory, Disk disk, List<Gpu> gpus, List<ModelEntry> models,
        List<WorkerProcess> workers) {

    public static final int SCHEMA = 1;

    /** Bytes of main memory, and what programs can still get of it. */
    public record Memory(long totalBytes, long availableBytes) {}

    /** Bytes of the file system that holds {@code path}. */
    public record Disk(String path, long totalBytes, long freeBytes) {}

    /**
     * A graphics card.
     *
     * @param index from 0, as {@code worker spawn cuda --gpu} and nvidia-smi count
     * @param name that its maker gave it, at most 256 characters
     * @param vramTotalBytes of its own memory; on a machine where processor and card share one memory, all of that
     * @param vramFreeBytes of these, how many are free; null when nobody tells
     * @param computeCapability of an NVIDIA card, such as {@code 9.0}; null for others
     */
    public record Gpu(int index, String name, long vramTotalBytes, @Nullable Long vramFreeBytes,
            @Nullable String computeCapability) {}
}
