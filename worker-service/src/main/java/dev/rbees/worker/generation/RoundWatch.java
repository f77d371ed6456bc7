package dev.rbees.worker.generation;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Knows when the batch loop last came round, and so notices one that stands still. The loop itself says so, not a timer beside it.
 * Safe for many threads.
 */
final class RoundWatch {

    /** why: a round is one step of all answers: seconds even for large models on old machines. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final LongSupplier nanos;
    private volatile long last;

    /** @param nanos a clock that only goes forward, in nanoseconds */
    RoundWatch(LongSupplier nanos) {
        this.nanos = nanos;
        this.last = nanos.getAsLong();
    }

    /** The loop has come round. */
    void came() {
        last = nanos.getAsLong();
    }

    /** What is wrong; empty while the loop comes round. */
    Optional<String> problem() {
        Duration silent = Duration.ofNanos(nanos.getAsLong() - last);
        return silent.compareTo(LONGEST) > 0
                ? Optional.of("the batch loop has not come round for " + silent.toSeconds() + " s")
                : Optional.empty();
    }
}
