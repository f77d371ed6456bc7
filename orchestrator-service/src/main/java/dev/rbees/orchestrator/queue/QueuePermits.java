package dev.rbees.orchestrator.queue;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Permits of waiting tasks: so many tasks, and so many bytes of what they ask. One is acquired before a task is accepted, so that no
 * accepted task finds the queue full. Any thread.
 */
public final class QueuePermits {

    private final int capacity;
    private final long capacityBytes;
    @GuardedBy("this")
    private int tasks;
    @GuardedBy("this")
    private long bytes;

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
     * @param size of its request, in bytes
     */
    public synchronized boolean tryAcquire(long size) {
        boolean fits = tasks < capacity && (tasks == 0 || bytes + size <= capacityBytes);
        if (fits) {
            acquire(size);
        }
        return fits;
    }

    /** Acquires a permit for a task that was accepted earlier, also beyond the capacity. */
    public synchronized void acquire(long size) {
        tasks++;
        bytes += size;
    }

    /** Releases a permit of a task of that size. */
    public synchronized void release(long size) {
        tasks--;
        bytes -= size;
    }

    /** How many tasks have one. */
    public synchronized int tasks() {
        return tasks;
    }

    /** What their requests take. */
    public synchronized long bytes() {
        return bytes;
    }

    public int capacity() {
        return capacity;
    }

    /** How full it is, in words for who finds no room. */
    public synchronized String describe() {
        return tasks >= capacity
                ? "%d tasks wait already, which is the limit".formatted(capacity)
                : "the requests of %d tasks that wait take %d of %d MB".formatted(tasks, bytes >> 20, capacityBytes >> 20);
    }
}
