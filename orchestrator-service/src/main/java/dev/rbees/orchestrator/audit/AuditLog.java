package dev.rbees.orchestrator.audit;

import java.util.function.Supplier;

/** Takes down what somebody may have to account for later. */
public interface AuditLog extends AutoCloseable {

    /** Where nothing has to be accounted for. */
    AuditLog NONE = _ -> {
    };

    /** Returns at once; what cannot be written is counted. */
    void write(Supplier<AuditEvent> event);

    /** Writes what was handed in. */
    @Override
    default void close() {}
}
