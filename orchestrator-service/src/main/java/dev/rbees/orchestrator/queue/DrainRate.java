package dev.rbees.orchestrator.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How fast tasks have left the queue of late, and hence when one more would find room. Safe for use by several threads. */
public final class DrainRate {

    private static final int REMEMBERED = 64;
    private static final Duration UNKNOWN = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Deque<Long> departures = new ArrayDeque<>();

    /** A task left the queue. */
    public synchronized void departed(long nanoTime) {
        departures.addLast(nanoTime);
        if (departures.size() > REMEMBERED) {
            departures.removeFirst();
        }
    }

    /** When a place will probably be free: 1 to 120 s. */
    public synchronized Duration untilRoom(long nanoTime) {
        if (departures.size() < 2) {
            return UNKNOWN;
        }
        // why: the time since the last departure counts, so that a queue that has come to a stop says so
        Duration perTask = Duration.ofNanos((nanoTime - departures.peekFirst()) / departures.size());
        Duration wait = perTask.plusSeconds(1);
        return wait.compareTo(LONGEST) > 0 ? LONGEST : Duration.ofSeconds(wait.toSeconds());
    }
}
