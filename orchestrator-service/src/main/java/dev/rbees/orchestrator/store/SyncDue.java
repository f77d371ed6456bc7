package dev.rbees.orchestrator.store;

import java.time.Duration;

/** When the commits that were only handed to the system must be forced to the disk. For the writer's thread alone. */
final class SyncDue {

    private static final Duration LIMIT = Duration.ofMillis(200);

    /** 0 when all is on the disk. */
    private long unsyncedSince;

    boolean isOverdue() {
        return unsyncedSince != 0 && nanosLeft() == 0;
    }

    /** How long one may wait for something else to do. */
    long nanosLeft() {
        return unsyncedSince == 0
                ? LIMIT.toNanos()
                : Math.max(0, unsyncedSince + LIMIT.toNanos() - System.nanoTime());
    }

    void committed(boolean forced) {
        if (forced) {
            unsyncedSince = 0;
        } else if (unsyncedSince == 0) {
            unsyncedSince = System.nanoTime();
        }
    }
}
