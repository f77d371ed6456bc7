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

    private static final int MOST_WAITING = 1_024;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private final Map<String, Integer> taken = new HashMap<>();
    private int waiting;

    /**
     * Waits for a free slot, and takes it; of several the one of the worker that has least to do.
     *
     * @param workers those that have the model, as they are at the time
     * @param avoided of these, those that are not to be asked
     * @param nanos how long to wait
     * @throws RbeesException QUEUE_FULL when too many wait, WORKER_UNAVAILABLE when there is nobody to wait for, or none got free
     */
    WorkerView take(Supplier<List<WorkerView>> workers, Set<String> avoided, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (waiting >= MOST_WAITING) {
                throw RbeesException.busy(ErrorCode.QUEUE_FULL, MOST_WAITING + " requests for embeddings wait already",
                        Duration.ofSeconds(1));
            }
            waiting++;
            return await(workers, avoided, System.nanoTime() + nanos);
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    private WorkerView await(Supplier<List<WorkerView>> workers, Set<String> avoided, long end) throws InterruptedException {
        while (true) {
            List<WorkerView> known = workers.get().stream().filter(worker -> !avoided.contains(worker.workerId())).toList();
            Optional<WorkerView> free = known.stream().filter(worker -> of(worker) < worker.slotsTotal())
                    .min(Comparator.comparingInt(this::of));
            if (free.isPresent()) {
                taken.merge(free.get().workerId(), 1, Integer::sum);
                return free.get();
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

    void giveBack(WorkerView worker) {
        lock.lock();
        try {
            taken.computeIfPresent(worker.workerId(), (_, count) -> count == 1 ? null : count - 1);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
