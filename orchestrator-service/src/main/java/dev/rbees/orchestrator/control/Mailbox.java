package dev.rbees.orchestrator.control;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.rbees.orchestrator.core.Command;

/**
 * Commands on their way to the control thread, in the order in which they came. Nobody ever waits to hand one in: requests are refused
 * when too many are there; signals are always taken, because what they tell is bounded by what there is (attempts by slots, durable
 * tasks by permits of the queue, readers by connections) and must not be lost.
 */
final class Mailbox {

    private final int capacity;
    private final LinkedBlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger requests = new AtomicInteger();

    private record Entry(Command command, boolean request) {}

    /** @param capacity requests that may be there at a time */
    Mailbox(int capacity) {
        this.capacity = capacity;
    }

    /** Hands a request in; false when too many are there. */
    boolean offer(Command request) {
        if (requests.incrementAndGet() > capacity) {
            requests.decrementAndGet();
            return false;
        }
        queue.add(new Entry(request, true));
        return true;
    }

    /** Hands something in that must not be lost. */
    void signal(Command signal) {
        queue.add(new Entry(signal, false));
    }

    /** The next one; null when none comes in that time. */
    @Nullable
    Command poll(long nanos) throws InterruptedException {
        return taken(queue.poll(nanos, TimeUnit.NANOSECONDS));
    }

    /** The next one; null when there is none. */
    @Nullable
    Command poll() {
        return taken(queue.poll());
    }

    private @Nullable Command taken(@Nullable Entry entry) {
        if (entry == null) {
            return null;
        }
        if (entry.request) {
            requests.decrementAndGet();
        }
        return entry.command;
    }

    /** How much is on its way, signals included. */
    int size() {
        return queue.size();
    }

    /** Whether a request would be refused now. */
    boolean full() {
        return requests.get() >= capacity;
    }
}
