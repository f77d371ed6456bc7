package dev.rbees.orchestrator.admission;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;

/** May a task enter now? */
public sealed interface Outcome {

    /**
     * It may.
     *
     * @param contextNeeded positions that prompt and answer take at least; null while that is not known
     */
    record Admitted(@Nullable Integer contextNeeded) implements Outcome {}

    /**
     * It may not.
     *
     * @param why the code, the reason and, where waiting helps, for how long
     */
    record Rejected(RbeesException why) implements Outcome {}
}
