package dev.rbees.orchestrator.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * What waits to be written. What the operator does has room of its own, which no flood of anything else can take. Refusals are
 * counted: a line for each kind and origin in each interval, however many there are. What finds no room is counted too, and the count
 * becomes a line as soon as there is room. Any thread; nothing waits but {@link #take}.
 */
final class AuditQueue {

    static final int MOST_PRIVILEGED = 2_000;
    static final int MOST_ORDINARY = 10_000;
    /** Kinds of refusals at a time; what is of yet another kind is counted with others. */
    static final int MOST_TALLIES = 1_000;

    /** @param when it happened */
    record Happened(Instant when, AuditEvent event) {}

    private static final class Tally {
        private final AuditEvent event;
        private final Instant first;
        private Instant last;
        private long count;

        Tally(AuditEvent event, Instant first) {
            this.event = event;
            this.first = first;
            this.last = first;
        }
    }

    private final Duration interval;
    @GuardedBy("this")
    private final Deque<Happened> privileged = new ArrayDeque<>();
    @GuardedBy("this")
    private final Deque<Happened> ordinary = new ArrayDeque<>();
    @GuardedBy("this")
    private final Map<AuditEvent, Tally> refusals = new LinkedHashMap<>();
    @GuardedBy("this")
    private final Map<AuditEvent.Room, Long> lost = new TreeMap<>();
    @GuardedBy("this")
    private long lostEver;

    /** @param interval for which refusals are counted before they become a line */
    AuditQueue(Duration interval) {
        this.interval = interval;
    }

    /** Whether it was taken; if not, it is counted. */
    synchronized boolean offer(Happened happened) {
        boolean taken = switch (happened.event().room()) {
            case PRIVILEGED -> privileged.size() < MOST_PRIVILEGED && privileged.add(happened);
            case ORDINARY -> ordinary.size() < MOST_ORDINARY && ordinary.add(happened);
            case REFUSAL -> count(happened);
        };
        if (!taken) {
            lost(happened.event().room(), 1);
        }
        notifyAll();
        return taken;
    }

    @GuardedBy("this")
    private boolean count(Happened happened) {
        AuditEvent kind = refusals.containsKey(happened.event()) || refusals.size() < MOST_TALLIES
                ? happened.event()
                : happened.event().ofOthers();
        Tally tally = refusals.computeIfAbsent(kind, event -> new Tally(event, happened.when()));
        tally.count++;
        tally.last = happened.when();
        return true;
    }

    /** So many were taken, and could not be written after all. */
    synchronized void lost(AuditEvent.Room room, long count) {
        lost.merge(room, count, Long::sum);
        lostEver += count;
    }

    /** Events that found no room, ever. */
    synchronized long lostEver() {
        return lostEver;
    }

    /**
     * The next lines, in the order in which they happened; waits a while when there is nothing to write.
     *
     * @param most at most so many
     * @param all also the refusals whose interval is not over, and without waiting
     */
    @SuppressWarnings("WaitNotInLoop") // why: to look early does no harm
    synchronized List<Happened> take(int most, Instant now, Duration patience, boolean all) throws InterruptedException {
        if (!all && privileged.isEmpty() && ordinary.isEmpty() && lost.isEmpty()) {
            wait(patience.toMillis());
        }
        List<Happened> batch = new ArrayList<>();
        if (!lost.isEmpty()) {
            batch.add(new Happened(now, AuditEvent.lost(lost)));
            lost.clear();
        }
        drain(privileged, batch, most);
        drain(ordinary, batch, most);
        Iterator<Tally> tallies = refusals.values().iterator();
        while (batch.size() < most && tallies.hasNext()) {
            Tally tally = tallies.next();
            // why: one that begins in the future is from before the clock was set back
            if (all || now.isBefore(tally.first) || !now.isBefore(tally.first.plus(interval))) {
                batch.add(new Happened(tally.last, tally.event.times(tally.count, tally.first)));
                tallies.remove();
            }
        }
        batch.sort(Comparator.comparing(Happened::when));
        return batch;
    }

    private static void drain(Deque<Happened> from, List<Happened> into, int most) {
        while (into.size() < most && !from.isEmpty()) {
            into.add(from.removeFirst());
        }
    }
}
