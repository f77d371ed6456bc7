package dev.rbees.worker.lifecycle;

import dev.rbees.thread.Liveness;
import dev.rbees.worker.generation.GenerationMetrics;

/** A model that is loaded and has run once. */
@FunctionalInterface
public interface WarmModel {

    /**
     * From now on it takes requests; called once.
     *
     * @param liveness hears when one of its threads cannot go on
     */
    WorkerState.Loaded serve(GenerationMetrics metrics, Liveness liveness);
}
