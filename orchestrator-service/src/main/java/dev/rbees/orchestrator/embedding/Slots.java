package dev.rbees.orchestrator.embedding;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.WorkerView;

/** Slots of workers that make embeddings: who comes first gets the next one. Any thread. */
final class Slots {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final int mostWaiting;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final Map<String, Integer> taken = new HashMap<>();
    private int waiting;

    /** @param mostWaiting how many may wait for a slot at a time */
    Slots(int mostWaiting) {
        this.mostWaiting = mostWaiting;
    }

    /** A slot that was taken, until it is closed; closing it again does nothing. */
    final class Slot implements AutoCloseable {
        private final WorkerView worker;
        private boolean held = true;

        private Slot(WorkerView worker) {
            this.worker = worker;
        }

        /** Whose it is. */
        WorkerView worker() {
            return worker;
        }

        /** Gives it back. */
        @Override
        public void close() {
            lock.lock();
            try {
                if (held) {
                    held = false;
                    taken.computeIfPresent(worker.workerId(), (_, count) -> count == 1 ? null : count - 1);
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** One of those who wait: there is no other way to count one, or to count one less. Made and closed under the lock. */
    private final class Place implements AutoCloseable {
        Place() {
            if (waiting >= mostWaiting) {
                throw RbeesException.busy(ErrorCode.QUEUE_FULL, mostWaiting + " requests for embeddings wait already",
                        Duration.ofSeconds(1));
            }
            waiting++;
        }

        @Override
        public void close() {
            waiting--;
        }
    }

    /**
     * Waits for a free slot, and takes it; of several the one of the worker that has least to do.
     *
     * @param workers those that have the model, as they are at the time
     * @param avoided of these, those that are not to be asked
     * @param nanos how long to wait
     * @throws RbeesException QUEUE_FULL when too many wait, WORKER_UNAVAILABLE when there is nobody to wait for, or none got free
     */
    Slot take(Supplier<List<WorkerView>> workers, Set<String> avoided, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try (Place _ = new Place()) {
            return await(workers, avoided, System.nanoTime() + nanos);
        } finally {
            lock.unlock();
        }
    }

    private Slot await(Supplier<List<WorkerView>> workers, Set<String> avoided, long end) throws InterruptedException {
        while (true) {
            List<WorkerView> known = workers.get().stream().filter(worker -> !avoided.contains(worker.workerId())).toList();
            Optional<WorkerView> free = known.stream().filter(worker -> of(worker) < worker.slotsTotal())
                    .min(Comparator.comparingInt(this::of));
            if (free.isPresent()) {
                taken.merge(free.get().workerId(), 1, Integer::sum);
                return new Slot(free.get());
            }
            long left = end - System.nanoTime();
            if (known.isEmpty() || left <= 0) {
                throw RbeesException.busy(ErrorCode.WORKER_UNAVAILABLE, known.isEmpty()
                        ? "no worker can make these embeddings at present; try again later"
                        : "no worker got free in time; try again later", Duration.ofSeconds(2));
            }
            // why: a worker may also come, or become ready
            changed.await(Math.min(left, LOOK_AGAIN.toNanos()), TimeUnit.NANOSECONDS);
        }
    }

    private int of(WorkerView worker) {
        return taken.getOrDefault(worker.workerId(), 0);
    }

    /** How many wait at this moment. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }
}
