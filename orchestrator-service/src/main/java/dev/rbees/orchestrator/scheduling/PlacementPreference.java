package dev.rbees.orchestrator.scheduling;

import org.jspecify.annotations.Nullable;

/**
 * What a task asks of its worker. It insists on the context and would like the rest.
 *
 * @param numerics how the worker calculated that made the beginning of the answer, null when there is none
 * @param affinity what the policy keeps together, for example a session; null for nothing
 * @param contextNeeded positions that prompt and answer take at least; 0 while that is not known
 */
public record PlacementPreference(@Nullable String numerics, @Nullable String affinity, int contextNeeded) {

    /** Any worker will do. */
    public static final PlacementPreference NONE = new PlacementPreference(null, null, 0);

    boolean fits(WorkerLoad worker) {
        return worker.contextLength() >= contextNeeded;
    }
}
