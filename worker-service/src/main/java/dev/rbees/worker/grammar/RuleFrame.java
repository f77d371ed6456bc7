package dev.rbees.worker.grammar;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** An open rule: where to go on when it ends, and the counts of the rule that opened it. Equal by value. */
final class RuleFrame {

    private static final Node NOWHERE = new Node.End();

    private final Node next;
    private final @Nullable RuleFrame parent;
    private final int need;
    private final int room;
    private final int depth;
    private final int hash;

    private RuleFrame(Node next, @Nullable RuleFrame parent, int need, int room, int depth) {
        this.next = next;
        this.parent = parent;
        this.need = need;
        this.room = room;
        this.depth = depth;
        this.hash = Objects.hash(next, parent, need, room, depth);
    }

    /** The outermost frame: where it ends, everything ends. */
    static RuleFrame bottom(int depth) {
        return new RuleFrame(NOWHERE, null, 0, Rule.UNBOUNDED, depth);
    }

    /** A rule that is opened from a configuration of this frame. */
    RuleFrame open(Node afterwards, int callerNeed, int callerRoom) {
        return new RuleFrame(afterwards, this, callerNeed, callerRoom, depth + 1);
    }

    Node next() {
        return next;
    }

    @Nullable
    RuleFrame parent() {
        return parent;
    }

    int need() {
        return need;
    }

    int room() {
        return room;
    }

    /** How many rules are open. */
    int depth() {
        return depth;
    }

    /** The same with counts that are no larger than {@code limit}. */
    RuleFrame clamped(int limit) {
        if (parent == null) {
            return this;
        }
        RuleFrame clampedParent = parent.clamped(limit);
        int clampedNeed = Math.min(need, limit);
        int clampedRoom = Config.clampRoom(room, limit);
        boolean same = clampedParent.equals(parent) && clampedNeed == need && clampedRoom == room;
        return same ? this : new RuleFrame(next, clampedParent, clampedNeed, clampedRoom, depth);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof RuleFrame that && hash == that.hash && next == that.next && need == that.need
                        && room == that.room && depth == that.depth && Objects.equals(parent, that.parent));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
