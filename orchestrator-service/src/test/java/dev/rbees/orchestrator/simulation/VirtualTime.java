package dev.rbees.orchestrator.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;

/** A clock that moves when nothing is left to do, and what is to be done when. */
final class VirtualTime {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    private record Due(long at, long number, Runnable action) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int order = Long.compare(at, other.at);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private Duration set = Duration.ZERO;
    private long now;
    private long number;

    /** The time of day, which somebody may set. */
    Instant instant() {
        return START.plusMillis(now).plus(set);
    }

    /** Somebody sets the time of day. */
    void jump(Duration by) {
        set = set.plus(by);
    }

    long millis() {
        return now;
    }

    long nanos() {
        return now * 1_000_000;
    }

    void after(long millis, Runnable action) {
        due.add(new Due(now + millis, number++, action));
    }

    /** Does what is due next; false when there is nothing, or not before the limit. */
    boolean step(long limit) {
        Due next = due.peek();
        if (next == null || next.at > limit) {
            return false;
        }
        due.remove();
        now = next.at;
        next.action.run();
        return true;
    }
}
