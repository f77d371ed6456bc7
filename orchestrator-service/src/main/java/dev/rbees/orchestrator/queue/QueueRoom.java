package dev.rbees.orchestrator.queue;

import java.util.concurrent.atomic.AtomicInteger;

/** Places for waiting tasks. One is taken before a task is accepted, so that no accepted task finds the queue full. */
public final class QueueRoom {

    private final int capacity;
    private final AtomicInteger taken = new AtomicInteger();

    /** @param capacity tasks that may wait at a time */
    public QueueRoom(int capacity) {
        this.capacity = capacity;
    }

    /** Takes a place; false when there is none. */
    public boolean tryTake() {
        return taken.getAndUpdate(now -> now < capacity ? now + 1 : now) < capacity;
    }

    /** Takes a place for a task that was accepted earlier, also beyond the capacity. */
    public void take() {
        taken.incrementAndGet();
    }

    public void giveBack() {
        taken.decrementAndGet();
    }

    public int taken() {
        return taken.get();
    }

    public int capacity() {
        return capacity;
    }
}
