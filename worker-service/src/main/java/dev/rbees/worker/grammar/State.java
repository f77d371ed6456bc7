package dev.rbees.worker.grammar;

import org.jspecify.annotations.Nullable;

/** A position with its known successors. Owned by one {@link Masks}, under its lock. */
final class State {

    private final Position position;
    private @Nullable State @Nullable [] nexts;

    State(Position position) {
        this.position = position;
    }

    Position position() {
        return position;
    }

    /** Behind one more byte; null when that is not known yet. */
    @Nullable
    State next(int octet) {
        return nexts == null ? null : nexts[octet];
    }

    void learn(int octet, State next) {
        if (nexts == null) {
            nexts = new State[256];
        }
        nexts[octet] = next;
    }
}
