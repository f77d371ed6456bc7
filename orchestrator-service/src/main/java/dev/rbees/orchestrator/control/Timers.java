package dev.rbees.orchestrator.control;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/** Tasks that something is to happen to at a time: their deadlines, or their next tries. Control thread. */
final class Timers {

    private record Due(Instant at, long ticket) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int order = at.compareTo(other.at);
            return order != 0 ? order : Long.compare(ticket, other.ticket);
        }
    }

    private final NavigableMap<Due, LiveTask> due = new TreeMap<>();

    /** @param at when; null for never */
    void set(@Nullable Instant at, LiveTask task) {
        if (at != null) {
            due.put(new Due(at, task.ticket()), task);
        }
    }

    /** Takes back what was set for that time. */
    void clear(@Nullable Instant at, LiveTask task) {
        if (at != null) {
            due.remove(new Due(at, task.ticket()));
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
