package dev.rbees.worker.grammar;

/**
 * One of the ways in which the bytes so far can be read.
 *
 * @param node where it stands
 * @param frame the open rules
 * @param need how much must still be counted in the innermost rule
 * @param room how much may still be counted in it
 */
record Config(Node.Bytes node, RuleFrame frame, int need, int room) {

    /** The same with counts that are no larger than {@code limit}. */
    Config clamped(int limit) {
        RuleFrame clampedFrame = frame.clamped(limit);
        int clampedNeed = Math.min(need, limit);
        int clampedRoom = clampRoom(room, limit);
        return clampedFrame.equals(frame) && clampedNeed == need && clampedRoom == room
                ? this
                : new Config(node, clampedFrame, clampedNeed, clampedRoom);
    }

    static int clampRoom(int room, int limit) {
        return room == Rule.UNBOUNDED ? room : Math.min(room, limit);
    }
}
