package dev.rbees.orchestrator.admission;

import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** Whether new work is taken at all. Once closed it stays closed. */
public final class Gate {

    private volatile boolean closed;

    public void close() {
        closed = true;
    }

    public boolean closed() {
        return closed;
    }

    /** Why nothing is taken, if so. */
    public Optional<RbeesException> refusal() {
        return closed
                ? Optional.of(new RbeesException(ErrorCode.DRAINING,
                        "the orchestrator is shutting down and takes no new tasks; try again when it is back"))
                : Optional.empty();
    }
}
