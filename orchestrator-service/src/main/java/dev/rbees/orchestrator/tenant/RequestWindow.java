package dev.rbees.orchestrator.tenant;

import java.time.Duration;
import java.time.Instant;

/** Counts what comes within a minute. Guarded by the lock of {@link Tenants}. */
final class RequestWindow {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Instant since = Instant.EPOCH;
    private int count;

    /** Whether another may come, of which so many may; if so, it counts. */
    boolean enter(int most, Instant now) {
        // why: a window that lies ahead is one from before the clock was set back
        if (now.isBefore(since) || !now.isBefore(since.plus(MINUTE))) {
            since = now;
            count = 0;
        }
        if (count >= most) {
            return false;
        }
        count++;
        return true;
    }

    /** When the next one may come. */
    Duration left(Instant now) {
        return Duration.between(now, since.plus(MINUTE));
    }
}
