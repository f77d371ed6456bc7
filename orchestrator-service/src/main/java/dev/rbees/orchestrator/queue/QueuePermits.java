package dev.rbees.orchestrator.queue;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Permits of waiting tasks: so many tasks, and so many bytes of what they ask. One is acquired before a task is accepted, so that no
 * accepted task finds the queue full. Any thread.
 */
public final class QueuePermits {

    private record Held(int tasks, long bytes) {}

    private final int capacity;
    private final long capacityBytes;
    private final AtomicReference<Held> held = new AtomicReference<>(new Held(0, 0));

    /**
     * @param capacity tasks that may wait at a time
     * @param capacityBytes what their requests may take together
     */
    public QueuePermits(int capacity, long capacityBytes) {
        this.capacity = capacity;
        this.capacityBytes = capacityBytes;
    }

    /**
     * Acquires a permit; false when there is none. One task may wait whatever its size.
     *
     * @param bytes of its request
     */
    public boolean tryAcquire(long bytes) {
        Held before = held.getAndUpdate(now -> fits(now, bytes) ? new Held(now.tasks + 1, now.bytes + bytes) : now);
        return fits(before, bytes);
    }

    private boolean fits(Held now, long bytes) {
        return now.tasks < capacity && (now.tasks == 0 || now.bytes + bytes <= capacityBytes);
    }

    /** Acquires a permit for a task that was accepted earlier, also beyond the capacity. */
    public void acquire(long bytes) {
        held.updateAndGet(now -> new Held(now.tasks + 1, now.bytes + bytes));
    }

    /** Releases a permit of a task of that size. */
    public void release(long bytes) {
        held.updateAndGet(now -> new Held(now.tasks - 1, now.bytes - bytes));
    }

    /** How many tasks have one. */
    public int tasks() {
        return held.get().tasks;
    }

    /** What their requests take. */
    public long bytes() {
        return held.get().bytes;
    }

    public int capacity() {
        return capacity;
    }

    /** How full it is, in words for who finds no room. */
    public String describe() {
        Held now = held.get();
        return now.tasks >= capacity
                ? "%d tasks wait already, which is the limit".formatted(capacity)
                : "the requests of %d tasks that wait take %d of %d MB".formatted(now.tasks, now.bytes >> 20,
                        capacityBytes >> 20);
    }
}
