package dev.rbees.orchestrator.core;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/** Tasks that something is to happen to at a time of the steady clock: their deadlines, or their next tries. */
final class Timers {

    private record Due(Instant at, long number) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int order = at.compareTo(other.at);
            return order != 0 ? order : Long.compare(number, other.number);
        }
    }

    private final NavigableMap<Due, LiveTask> due = new TreeMap<>();

    /** @param at when; null for never */
    void set(@Nullable Instant at, LiveTask task) {
        if (at != null) {
            due.put(new Due(at, task.number()), task);
        }
    }

    /** Takes back what was set for that time. */
    void clear(@Nullable Instant at, LiveTask task) {
        if (at != null) {
            due.remove(new Due(at, task.number()));
        }
    }

    /** Those whose time has come, each once. */
    List<LiveTask> take(Instant now) {
        List<LiveTask> taken = new ArrayList<>();
        while (!due.isEmpty() && !due.firstKey().at().isAfter(now)) {
            taken.add(due.pollFirstEntry().getValue());
        }
        return taken;
    }
}
