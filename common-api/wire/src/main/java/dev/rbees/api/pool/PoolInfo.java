package dev.rbees.api.pool;

import java.util.List;

/**
 * All that a machine says of itself: what changes, and what does not.
 *
 * @param schema version of this shape, {@link PoolStatus#SCHEMA}
 * @param host the machine's name
 * @param os its system, with version, kernel and kind of processor
 * @param cpu its processor
 * @param memory of the machine
 * @param disk that holds the models
 * @param gpus its graphics cards
 * @param models that are on it
 * @param workers the worker processes
 */
public record PoolInfo(int schema, String host, String os, Cpu cpu, PoolStatus.Memory memory, PoolStatus.Disk disk,
        List<PoolStatus.Gpu> gpus, List<ModelEntry> models, List<WorkerProcess> workers) {

    /**
     * A processor.
     *
     * @param model that its maker calls it
     * @param cores that programs may use, counted as the system counts them
     * @param features that speed up a model, by the system's names, such as {@code avx2}
     */
    public record Cpu(String model, int cores, List<String> features) {}
}
