package dev.rbees.worker.grammar;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/** An open rule: where to go on when it ends, and the counts of the rule that opened it. Equal by value. */
final class Frame {

    private static final Node NOWHERE = new Node.End();

    private final Node next;
    private final @Nullable Frame parent;
    private final int need;
    private final int room;
    private final int depth;
    private final int hash;

    private Frame(Node next, @Nullable Frame parent, int need, int room, int depth) {
        this.next = next;
        this.parent = parent;
        this.need = need;
        this.room = room;
        this.depth = depth;
        this.hash = Objects.hash(next, parent, need, room, depth);
    }

    /** The outermost frame: where it ends, everything ends. */
    static Frame bottom(int depth) {
        return new Frame(NOWHERE, null, 0, Rule.UNBOUNDED, depth);
    }

    /** A rule that is opened from a configuration of this frame. */
    Frame open(Node afterwards, int callerNeed, int callerRoom) {
        return new Frame(afterwards, this, callerNeed, callerRoom, depth + 1);
    }

    Node next() {
        return next;
    }

    @Nullable
    Frame parent() {
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
    Frame clamped(int limit) {
        if (parent == null) {
            return this;
        }
        Frame clampedParent = parent.clamped(limit);
        int clampedNeed = Math.min(need, limit);
        int clampedRoom = Config.clampRoom(room, limit);
        boolean same = clampedParent.equals(parent) && clampedNeed == need && clampedRoom == room;
        return same ? this : new Frame(next, clampedParent, clampedNeed, clampedRoom, depth);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || (other instanceof Frame that && hash == that.hash && next == that.next && need == that.need
                && room == that.room && depth == that.depth && Objects.equals(parent, that.parent));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
