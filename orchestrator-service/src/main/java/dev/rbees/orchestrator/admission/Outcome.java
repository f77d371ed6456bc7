package dev.rbees.orchestrator.admission;

import dev.rbees.api.error.RbeesException;

/** May a task enter now? */
public sealed interface Outcome {

    /** It may, and a place in the queue is kept for it. */
    record Admitted() implements Outcome {}

    /**
     * It may not.
     *
     * @param why the code, the reason and, where waiting helps, for how long
     */
    record Rejected(RbeesException why) implements Outcome {}
}
