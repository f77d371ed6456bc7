package dev.rbees.worker.lifecycle;

import dev.rbees.worker.generation.GenerationMetrics;

/** A model that is loaded and has run once. */
@FunctionalInterface
public interface WarmModel {

    /** From now on it takes requests; called once. */
    WorkerState.Loaded serve(GenerationMetrics metrics);
}
