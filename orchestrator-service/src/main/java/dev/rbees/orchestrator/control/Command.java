package dev.rbees.orchestrator.control;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.rbees.api.task.Priority;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.dispatch.AttemptEnd;

/** What the control thread is told. Everything that changes tasks or workers is one of these. */
sealed interface Command {

    /** Answered when the command was carried out, or could not be. */
    default CompletableFuture<?> reply() {
        return new CompletableFuture<>();
    }

    /** A task is durable and waits from now on; the reply is its position. */
    record Enqueue(LiveTask task, CompletableFuture<Integer> reply) implements Command {}

    /** Somebody wants the end of a task; the reply says whether there was something to end. */
    record Cancel(String taskId, CompletableFuture<Boolean> reply) implements Command {}

    /** Somebody wants to know why a task is where it is; the reply is empty when the task has ended. */
    record Explain(String taskId, CompletableFuture<Optional<Explanation>> reply) implements Command {}

    /** A new task of this class finds the queue full; the reply says whether another was given up for it. */
    record MakeRoom(Priority priority, CompletableFuture<Boolean> reply) implements Command {}

    record Register(WorkerRegistration registration, CompletableFuture<Boolean> reply) implements Command {}

    /** The reply is false when the worker has to register. */
    record Heartbeat(String workerId, WorkerHeartbeat heartbeat, CompletableFuture<Boolean> reply) implements Command {}

    record Deregister(String workerId, CompletableFuture<Boolean> reply) implements Command {}

    /** A worker began. */
    record AttemptStarted(LiveTask task, int number) implements Command {}

    /** A worker's stream is over. */
    record AttemptEnded(LiveTask task, int number, AttemptEnd end) implements Command {}

    /** Somebody reads along. */
    record Watch(LiveTask task) implements Command {}

    /** Time has passed. */
    record Tick() implements Command {}

    /** No further task is given to a worker. */
    record Drain() implements Command {}
}
