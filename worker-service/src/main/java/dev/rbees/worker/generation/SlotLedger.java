package dev.rbees.worker.generation;

import java.util.BitSet;
import java.util.OptionalInt;

/** Which slots are taken. Always gives the lowest free one, so that those in use stay close together. */
final class SlotLedger {

    private final BitSet taken = new BitSet();
    private final int total;

    SlotLedger(int total) {
        this.total = total;
    }

    synchronized OptionalInt take() {
        int slot = taken.nextClearBit(0);
        if (slot >= total) {
            return OptionalInt.empty();
        }
        taken.set(slot);
        return OptionalInt.of(slot);
    }

    synchronized void release(int slot) {
        taken.clear(slot);
        notifyAll();
    }

    int total() {
        return total;
    }

    synchronized int free() {
        return total - taken.cardinality();
    }

    /** Waits until every slot is free, or the time is over; gives whether they are. */
    synchronized boolean awaitAllFree(long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        while (!taken.isEmpty()) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
