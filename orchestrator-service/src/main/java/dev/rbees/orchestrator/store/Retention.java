package dev.rbees.orchestrator.store;

import java.time.Duration;

/**
 * How long tasks that have ended are kept, with their logs: until either limit is met, the oldest goes first.
 *
 * @param age since their end
 * @param bytes of all their records and logs together; {@link Long#MAX_VALUE} for no limit
 */
public record Retention(Duration age, long bytes) {

    /** A week, however much that is. */
    public static final Retention USUAL = new Retention(Duration.ofDays(7), Long.MAX_VALUE);

    public Retention {
        if (age.isNegative() || bytes < 0) {
            throw new IllegalArgumentException("a retention is not negative");
        }
    }
}
