package dev.rbees.worker.generation;

import java.util.Locale;

import dev.rbees.api.error.ErrorCode;

/** How a request ended, for counting. */
public enum Outcome {
    SUCCESS,
    CANCELLED,
    TIMEOUT,
    ERROR;

    /** How a request ended that failed with this code. */
    public static Outcome of(ErrorCode code) {
        return switch (code) {
            case CANCELLED -> CANCELLED;
            case DEADLINE_EXCEEDED, TIMEOUT -> TIMEOUT;
            default -> ERROR;
        };
    }

    /** The value of a metric's label. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
