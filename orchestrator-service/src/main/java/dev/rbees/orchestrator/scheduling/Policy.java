package dev.rbees.orchestrator.scheduling;

import java.util.Locale;

/** By what a worker is chosen among those that have room. */
public enum Policy {

    /** Whose slots are used least; among equals the one with more slots. */
    LEAST_LOADED,
    /** Who has waited longest for a task. */
    ROUND_ROBIN,
    /** Who has most memory free; among equals whose slots are used least. */
    MOST_MEMORY_FREE,
    /** Who had the last task whose prompt began alike and so may have it in its cache; otherwise by load. */
    PREFIX_AFFINITY,
    /** Who had the last task of the same session; otherwise by load. */
    SESSION_AFFINITY;

    private static final long MILLION = 1_000_000;

    /** As options say it, for example {@code least-loaded}. */
    public String optionName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Rank rank(WorkerLoad worker) {
        long used = worker.running() * MILLION / Math.max(1, worker.slots());
        return switch (this) {
            case LEAST_LOADED, PREFIX_AFFINITY, SESSION_AFFINITY -> new Rank(used, -worker.slots(), worker.workerId());
            case ROUND_ROBIN -> new Rank(worker.lastChosen(), used, worker.workerId());
            case MOST_MEMORY_FREE -> new Rank(-worker.memoryFreeBytes(), used, worker.workerId());
        };
    }
}
