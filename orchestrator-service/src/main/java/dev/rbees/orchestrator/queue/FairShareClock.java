package dev.rbees.orchestrator.queue;

import java.util.HashMap;
import java.util.Map;

/**
 * Deals out turns so that flows take turns: each flow's next task stands one turn behind its last one, and a flow that comes
 * anew begins with the turn that is being served. (Start-time fair queueing with tasks of equal cost.)
 */
final class FairShareClock {

    private static final int PRUNE_FROM = 64;

    private final Map<String, Long> lastOfFlow = new HashMap<>();
    private long served;
    private int prunedTo;

    /** The turn of the next task of a flow. */
    long next(String flow) {
        long turn = Math.max(served, lastOfFlow.getOrDefault(flow, 0L)) + 1;
        if (lastOfFlow.size() >= PRUNE_FROM && lastOfFlow.size() > 2 * prunedTo) {
            lastOfFlow.values().removeIf(last -> last <= served);
            prunedTo = lastOfFlow.size();
        }
        lastOfFlow.put(flow, turn);
        return turn;
    }

    /** A task of that turn is served now. */
    void serve(long turn) {
        served = Math.max(served, turn);
    }

    /** A turn before all that will be dealt out. */
    long current() {
        return served;
    }
}
