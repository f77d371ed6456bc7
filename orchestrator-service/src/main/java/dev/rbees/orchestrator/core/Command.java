package dev.rbees.orchestrator.core;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.dispatch.AttemptEnd;
import dev.rbees.orchestrator.task.Task;

/**
 * What the core is told. Everything that changes tasks or workers is one of these. A future in a command is the address of who asked:
 * the core never completes it, {@link Effect.Reply} does.
 */
public sealed interface Command {

    /**
     * A durable task, as it comes to the core.
     *
     * @param task its record; one that an earlier process left is in any state that is no end
     * @param number order of acceptance, unique
     * @param bytes of its request, for which it holds a permit of the queue
     * @param tokens of its answer that are in its log
     * @param affinity what the policy keeps on one worker; null for nothing
     */
    record Entry(Task task, long number, long bytes, int tokens, @Nullable String affinity) {}

    /** A task was accepted and waits from now on; the reply is its position. */
    record Enqueue(Entry entry, CompletableFuture<Integer> reply) implements Command {}

    /** An unfinished task of the record that nobody works on goes on, as after a restart. */
    record Adopt(Entry entry) implements Command {}

    /** Somebody wants the end of a task; the reply says whether there was something to end. */
    record Cancel(String taskId, CompletableFuture<Boolean> reply) implements Command {}

    /** A task cannot go on, because its record is damaged. */
    record Fail(String taskId, ErrorCode code, String message) implements Command {}

    /** Somebody wants to know why a task is where it is; the reply is empty when the task has ended. */
    record Explain(String taskId, CompletableFuture<Optional<TaskExplanation>> reply) implements Command {}

    /** A new task of this class finds the queue full; the reply says whether another was given up for it. */
    record MakeRoom(Priority priority, CompletableFuture<Boolean> reply) implements Command {}

    /**
     * A worker wants to be given work; whether the id is its own was checked.
     *
     * @param again whether it is the process that has the id already
     */
    record Register(WorkerRegistration registration, boolean again, CompletableFuture<Boolean> reply) implements Command {}

    /** The reply is false when the worker has to register. */
    record Heartbeat(String workerId, WorkerHeartbeat heartbeat, CompletableFuture<Boolean> reply) implements Command {}

    record Deregister(String workerId, CompletableFuture<Boolean> reply) implements Command {}

    /** A worker began to generate. */
    record AttemptStarted(String taskId, int number) implements Command {}

    /**
     * An attempt is over, and its words are in the log.
     *
     * @param tokens of the answer that are in the log
     */
    record AttemptEnded(String taskId, int number, AttemptEnd end, int tokens) implements Command {}

    /** An attempt was stopped because its worker is gone; its words count no longer. */
    record AttemptStopped(String taskId, int number, int tokens) implements Command {}

    /** An attempt could not be made, because its request cannot be read at present. */
    record AttemptDeferred(String taskId, int number) implements Command {}

    /** Somebody reads along. */
    record Watch(String taskId) implements Command {}

    /**
     * Nobody reads along any more.
     *
     * @param watch as in {@link Effect.TellPosition}
     */
    record Unwatch(String taskId, long watch) implements Command {}

    /** The last reader of a task left. */
    record Abandoned(String taskId) implements Command {}

    /** What comes of looking at a pool, and of what is done there. */
    sealed interface FromPool extends Command {}

    /** A pool may be used from now on, or is reached in another way. */
    record PoolJoined(PoolRegistration pool, CompletableFuture<Boolean> reply) implements Command {}

    /** A pool is forgotten; its workers go on. The reply is false when it was not known. */
    record PoolLeft(String poolId, CompletableFuture<Boolean> reply) implements Command {}

    /** A pool gets no new workers, or does again. The reply is false when it is not known. */
    record PoolDrained(String poolId, boolean draining, CompletableFuture<Boolean> reply) implements Command {}

    /** A pool answered a probe. */
    record PoolSeen(String poolId, PoolStatus status) implements FromPool {}

    /**
     * A pool did not answer a probe.
     *
     * @param problem in a sentence
     * @param unusable whether it was reached and cannot be used, so that time alone mends nothing
     */
    record PoolUnseen(String poolId, String problem, boolean unusable) implements FromPool {}

    /**
     * A start of {@link Effect.StartWorker} goes on.
     *
     * @param phase such as {@code download} or {@code load}
     * @param percent of the phase
     */
    record StartProgress(long start, String phase, int percent) implements FromPool {}

    /** A start of {@link Effect.StartWorker} is over: the worker is there, and registers or has registered. */
    record StartDone(long start) implements FromPool {}

    /** A start of {@link Effect.StartWorker} failed, and nothing of it runs any more. */
    record StartFailed(long start, ErrorCode code, String message) implements FromPool {}

    /** A stop of {@link Effect.StopWorker} is over, well or not; the next probe shows what runs. */
    record StopDone(String poolId, String workerId, boolean stopped) implements FromPool {}

    /** Time has passed. */
    record Tick() implements Command {}

    /** No further task is given to a worker. */
    record Drain() implements Command {}

    /** The program closes its streams: who leaves from now on was sent away. */
    record Close() implements Command {}
}
