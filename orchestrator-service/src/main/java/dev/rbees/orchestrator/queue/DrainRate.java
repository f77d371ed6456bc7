package dev.rbees.orchestrator.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** How fast tasks have left the queue of late, and hence when one more would find room. Safe for use by several threads. */
final class DrainRate {

    private static final int REMEMBERED = 64;
    private static final Duration UNKNOWN = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Deque<Long> departures = new ArrayDeque<>();

    /** A task left the queue. */
    synchronized void departed(long nanoTime) {
        departures.addLast(nanoTime);
        if (departures.size() > REMEMBERED) {
            departures.removeFirst();
        }
    }

    /** When a place will probably be free: 1 to 120 s. */
    synchronized Duration untilRoom(long nanoTime) {
        Duration wait = perTask(nanoTime).map(each -> each.plusSeconds(1)).orElse(UNKNOWN);
        return wait.compareTo(LONGEST) > 0 ? LONGEST : Duration.ofSeconds(wait.toSeconds());
    }

    /** The time between two departures; empty when there were fewer. */
    synchronized Optional<Duration> perTask(long nanoTime) {
        Long first = departures.peekFirst();
        // why: the time since the last departure counts, so that a queue that has come to a stop says so
        return first == null || departures.size() < 2
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, nanoTime - first) / departures.size()));
    }
}
