package dev.rbees.orchestrator.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import dev.rbees.orchestrator.store.StoreWriter.Write;

/** The writes that wait for the writer, in the order of the calls, a limited number of them. Any thread puts, the writer takes. */
final class WriteQueue {

    private static final long ROOM_MILLIS = 100;

    private final BlockingQueue<Write> waiting;
    private final BooleanSupplier eventLoop;
    private volatile @Nullable Thread taker;
    private volatile boolean ended;

    /**
     * @param capacity how many may wait
     * @param eventLoop whether the calling thread must never wait
     */
    WriteQueue(int capacity, BooleanSupplier eventLoop) {
        this.waiting = new ArrayBlockingQueue<>(capacity);
        this.eventLoop = eventLoop;
    }

    /** The calling thread takes from now on. */
    void taken() {
        taker = Thread.currentThread();
    }

    /** Whether there was room. Does not wait. */
    boolean offer(Write write) {
        return !ended && waiting.offer(write) && !takenBack(write);
    }

    /**
     * Waits for room; false when the queue has ended.
     *
     * @throws IllegalStateException on a thread that must not wait: the taker, or an event loop
     */
    boolean put(Write write) throws InterruptedException {
        if (Thread.currentThread() == taker || eventLoop.getAsBoolean()) {
            throw new IllegalStateException("the thread " + Thread.currentThread().getName()
                    + " must not wait for the record; hand the write over from another one");
        }
        while (!waiting.offer(write, ROOM_MILLIS, TimeUnit.MILLISECONDS)) {
            if (ended) {
                return false;
            }
        }
        return !takenBack(write);
    }

    /** why: what comes after the last look at the queue would be lost in silence. */
    private boolean takenBack(Write write) {
        return ended && waiting.remove(write);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Fills a list up with the oldest; waits for the first when the list is empty. */
    void drain(List<Write> into, int limit, long nanos) throws InterruptedException {
        if (into.isEmpty()) {
            Write first = waiting.poll(nanos, TimeUnit.NANOSECONDS);
            if (first == null) {
                return;
            }
            into.add(first);
        }
        waiting.drainTo(into, limit - into.size());
    }

    /** Takes out those that can fail. */
    List<Write> removeFallible() {
        List<Write> removed = new ArrayList<>();
        waiting.removeIf(write -> write.failed() != null && removed.add(write));
        return removed;
    }

    /** Moves all that wait. */
    void drainAll(Collection<Write> into) {
        waiting.drainTo(into);
    }

    /** Nothing is taken any more; whoever waits for room is told so. What had come in just before fails. */
    void end() {
        ended = true;
        List<Write> rest = new ArrayList<>();
        waiting.drainTo(rest);
        rest.forEach(write -> StoreWriter.fail(write, new SQLException("the writer has ended")));
    }
}
