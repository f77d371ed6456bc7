package dev.rbees.orchestrator.audit;

import java.util.function.Supplier;

/** Takes down what somebody may have to account for later. */
public interface AuditLog extends AutoCloseable {

    /** Where nothing has to be accounted for. */
    AuditLog NONE = _ -> {
    };

    /** Returns at once; what cannot be written is counted. */
    void write(Supplier<AuditEvent> event);

    /** Makes an event now, with all the work of that, and gives what takes it down later; for who must not be held up then. */
    default Runnable prepare(Supplier<AuditEvent> event) {
        return () -> write(event);
    }

    /** Writes what was handed in. */
    @Override
    default void close() {}
}
