package dev.rbees.orchestrator.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** How fast tasks have left the queue of late, and hence when one more would find room. Safe for use by several threads. */
final class DrainRate {

    private static final int REMEMBERED = 64;
    private static final Duration UNKNOWN = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    @GuardedBy("this")
    private final Deque<Instant> departures = new ArrayDeque<>();

    /** A task left the queue. */
    synchronized void departed(Instant now) {
        departures.addLast(now);
        if (departures.size() > REMEMBERED) {
            departures.removeFirst();
        }
    }

    /** When a place will probably be free: 1 to 120 s. */
    synchronized Duration untilRoom(Instant now) {
        Duration wait = perTask(now).map(each -> each.plusSeconds(1)).orElse(UNKNOWN);
        return wait.compareTo(LONGEST) > 0 ? LONGEST : Duration.ofSeconds(wait.toSeconds());
    }

    /** The time between two departures; empty when there were fewer. */
    synchronized Optional<Duration> perTask(Instant now) {
        Instant first = departures.peekFirst();
        if (first == null || departures.size() < 2) {
            return Optional.empty();
        }
        // why: the time since the last departure counts, so that a queue that has come to a stop says so
        Duration since = Duration.between(first, now);
        return Optional.of(since.isNegative() ? Duration.ZERO : since.dividedBy(departures.size()));
    }
}
