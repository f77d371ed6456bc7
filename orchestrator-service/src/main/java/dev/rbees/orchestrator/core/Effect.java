package dev.rbees.orchestrator.core;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.queue.Ticket;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.worker.KnownModel;

/**
 * What is to be done outside of the core because of a transition. Effects are executed one after another, in the order in which they
 * were decided, after the state has changed.
 */
public sealed interface Effect {

    /** An effect on one task. */
    sealed interface OnTask extends Effect {
        String taskId();
    }

    /**
     * What others see of a task.
     *
     * @param task its record
     * @param ticket where it waits; null when it does not
     */
    record Publish(Task task, @Nullable Ticket ticket) implements OnTask {
        @Override
        public String taskId() {
            return task.id();
        }
    }

    /** Likewise, and the record is written. */
    record Persist(Task task, @Nullable Ticket ticket) implements OnTask {
        @Override
        public String taskId() {
            return task.id();
        }
    }

    /**
     * A task is told where it stands, if somebody reads along or it has just come.
     *
     * @param event what it is told
     * @param watch stands in {@link Command.Unwatch} when nobody reads along; 0 to write it whoever reads
     */
    record TellPosition(TaskEvent.Queued event, long watch) implements OnTask {
        @Override
        public String taskId() {
            return event.jobId();
        }
    }

    /**
     * A worker is asked to begin, or to go on behind what is in the log. From now on no earlier attempt can write.
     *
     * @param task its record, the attempt among its attempts
     * @param number of the attempt, larger than any before
     * @param worker who is asked
     * @param waited from acceptance to now
     */
    record Dispatch(Task task, int number, WorkerRegistration worker, Duration waited) implements OnTask {
        @Override
        public String taskId() {
            return task.id();
        }
    }

    /**
     * An attempt is stopped from outside, because its worker is gone. Its words count no longer, and {@link Command.AttemptStopped}
     * follows.
     */
    record StopAttempt(String taskId, int number) implements OnTask {}

    /**
     * The end of a task: its attempt is stopped, its log sealed, its record written, and what it took is settled.
     *
     * @param ended its record; without the number of tokens, which the log knows, where the answer is not complete
     * @param last its last event
     */
    record Finish(Task ended, TaskEvent last) implements OnTask {
        @Override
        public String taskId() {
            return ended.id();
        }
    }

    /** Ends a task of which nobody wants to know, unless somebody has come back to it. */
    record CancelIfAbandoned(String taskId) implements OnTask {}

    /** A task waits again, and needs a permit for it. */
    record AcquirePermit(long bytes) implements Effect {}

    /** A task waits no longer. */
    record ReleasePermit(long bytes) implements Effect {}

    /** A worker brought a model. */
    record RememberModel(KnownModel model) implements Effect {}

    /** Workers have these models at present. */
    record NoteModels(Set<String> ids) implements Effect {}

    /**
     * A worker is started on a pool. {@link Command.StartDone} or {@link Command.StartFailed} follows, within the time limit.
     *
     * @param start number of the start
     * @param poolId where
     * @param workerId what it will be called; no other worker was ever called so
     * @param model what it holds; downloaded first where it is not there and {@code download} says so
     * @param backend what it computes on
     * @param gpu which card, for CUDA
     * @param memoryBytes of that device's memory, which it may take at most
     * @param download whether the model may be downloaded there
     * @param limit for the start; a download has one of its own
     */
    record StartWorker(long start, String poolId, String workerId, String model, Backend backend, @Nullable Integer gpu,
            long memoryBytes, boolean download, Duration limit) implements Effect {}

    /**
     * A worker of a pool, which has no tasks, is stopped; {@link Command.StopDone} follows.
     *
     * @param room the model for which it makes room; empty when it only was idle
     */
    record StopWorker(String poolId, String workerId, String room) implements Effect {}

    /** A pool is asked at once for what it says of itself; {@link Command.PoolSeen} or {@link Command.PoolUnseen} follows. */
    record ProbePool(String poolId) implements Effect {}

    /** Somebody is answered. */
    record Reply<T>(CompletableFuture<T> to, T value) implements Effect {}
}
