package dev.rbees.worker.lifecycle;

import dev.rbees.api.error.RbeesException;
import dev.rbees.worker.graph.LoadProgress;

/** A model that can be loaded, as far as a look at its files and at the machine tells. */
@FunctionalInterface
public interface PreparedModel {

    /**
     * Imports it, the first time, and loads it; called once.
     *
     * @throws RbeesException MODEL_LOAD_FAILED, or INSUFFICIENT_VRAM when the memory that was planned for is not there
     */
    WarmModel load(LoadProgress progress);
}
