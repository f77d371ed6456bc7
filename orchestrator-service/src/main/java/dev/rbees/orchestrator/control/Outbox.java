package dev.rbees.orchestrator.control;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import com.google.errorprone.annotations.concurrent.GuardedBy;

import dev.rbees.orchestrator.core.Effect;

/**
 * Effects on their way from the control thread to the one that executes them, in the order in which they were decided. Handing in never
 * waits: the control thread takes no further command while the outbox is full, so that it holds at most the effects of one command more
 * than its capacity.
 */
final class Outbox {

    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    @GuardedBy("lock")
    private final Queue<Effect> effects = new ArrayDeque<>();
    @GuardedBy("lock")
    private boolean closed;

    /** @param capacity effects */
    Outbox(int capacity) {
        this.capacity = capacity;
    }

    void put(List<Effect> more) {
        if (more.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            boolean wasEmpty = effects.isEmpty();
            effects.addAll(more);
            if (wasEmpty) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether the control thread may take a command. */
    boolean hasRoom() {
        return size() < capacity;
    }

    int size() {
        lock.lock();
        try {
            return effects.size();
        } finally {
            lock.unlock();
        }
    }

    /** Returns when the control thread may take a command. */
    void awaitRoom() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (effects.size() >= capacity) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** What is there, at most {@code max}; waits for the first one. Empty when it was closed and nothing is left. */
    List<Effect> take(int max) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (effects.isEmpty() && !closed) {
                changed.await();
            }
            return remove(max);
        } finally {
            lock.unlock();
        }
    }

    /** What is there, at most {@code max}, without waiting. */
    List<Effect> poll(int max) {
        lock.lock();
        try {
            return remove(max);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private List<Effect> remove(int max) {
        boolean wasFull = effects.size() >= capacity;
        List<Effect> taken = new ArrayList<>(Math.min(max, effects.size()));
        while (taken.size() < max && !effects.isEmpty()) {
            taken.add(effects.remove());
        }
        if (wasFull) {
            changed.signalAll();
        }
        return taken;
    }

    /** What is there is still executed. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
