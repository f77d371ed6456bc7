package dev.rbees.worker.grammar;

import org.jspecify.annotations.Nullable;

/** A part of the automaton that can be opened from several places, also from inside itself. */
final class Rule {

    /** No upper bound. */
    static final int UNBOUNDED = Integer.MAX_VALUE;

    private final int least;
    private final int most;
    private @Nullable Node start;

    /**
     * @param least how much must be counted in it
     * @param most how much may be counted in it, {@link #UNBOUNDED} for no bound
     */
    Rule(int least, int most) {
        this.least = least;
        this.most = most;
    }

    void startAt(Node node) {
        start = node;
    }

    Node start() {
        if (start == null) {
            throw new IllegalStateException("the rule has not been compiled");
        }
        return start;
    }

    int least() {
        return least;
    }

    int most() {
        return most;
    }
}
