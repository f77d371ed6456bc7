package dev.rbees.orchestrator.task;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskView;
import dev.rbees.api.task.TaskView.Attempt;

/**
 * The record of a task without its prompt. Each method that changes its state is a row of {@link TransitionTable}.
 *
 * @param id unguessable
 * @param correlationId of the request that handed it in
 * @param model id of the model
 * @param priority class in the queue
 * @param onDisconnect what happens when its last reader leaves
 * @param state where it is
 * @param createdAt when it was accepted
 * @param deadline when it must have ended, null for never
 * @param startedAt when the first attempt began to generate
 * @param endedAt when it ended
 * @param tokensIn tokens of the rendered prompt, once known
 * @param tokensOut tokens of the answer, once known
 * @param stopReason why it ended as it should
 * @param error why it did not
 * @param attempts one entry for each time a worker took it
 */
public record Task(String id, String correlationId, String model, Priority priority, OnDisconnect onDisconnect,
        TaskState state, Instant createdAt, @Nullable Instant deadline, @Nullable Instant startedAt,
        @Nullable Instant endedAt, @Nullable Integer tokensIn, @Nullable Integer tokensOut,
        @Nullable StopReason stopReason, TaskView.@Nullable Failure error, List<Attempt> attempts) {

    private static final String CANCELLED = "cancelled";

    public Task {
        attempts = List.copyOf(attempts);
    }

    /** A task that was just accepted. */
    public static Task accepted(String id, String correlationId, String model, Priority priority, OnDisconnect onDisconnect,
            Instant now, @Nullable Duration limit) {
        return new Task(id, correlationId, model, priority, onDisconnect, TaskState.QUEUED, now,
                limit == null ? null : now.plus(limit), null, null, null, null, null, null, List.of());
    }

    /** Given to a worker. */
    public Task dispatched(String worker, Instant now) {
        List<Attempt> all = new ArrayList<>(attempts);
        all.add(new Attempt(attempts.size() + 1, worker, now, null, null, true));
        return with(Move.DISPATCH, startedAt, endedAt, all);
    }

    /** The worker began. */
    public Task running(Instant now) {
        return with(Move.START, startedAt == null ? now : startedAt, endedAt, attempts);
    }

    /** The attempt failed; another follows. */
    public Task retrying(ErrorCode why, Instant now) {
        return with(Move.RETRY, startedAt, endedAt, endLast(why.name(), now));
    }

    /** The worker would not take it, which was no attempt at all. */
    public Task givenBack() {
        return with(Move.RETRY, startedAt, endedAt, attempts.subList(0, attempts.size() - 1));
    }

    /** Waits for a slot again. */
    public Task requeued() {
        return with(Move.REQUEUE, startedAt, endedAt, attempts);
    }

    /** The answer is complete. */
    public Task completed(TaskEvent.End end, Instant now) {
        return new Task(id, correlationId, model, priority, onDisconnect,
                TransitionTable.require(id, state, Move.COMPLETE), createdAt, deadline, startedAt, now, end.tokensIn(),
                end.tokensOut(), end.stopReason(), null, endLast("completed", now));
    }

    /** Ended without a complete answer; the code decides whether that is a failure, a cancellation or an expiry. */
    public Task ended(ErrorCode code, String message, int tokens, Instant now) {
        Move move = switch (code) {
            case CANCELLED -> Move.CANCEL;
            case DEADLINE_EXCEEDED -> Move.EXPIRE;
            default -> Move.FAIL;
        };
        return new Task(id, correlationId, model, priority, onDisconnect, TransitionTable.require(id, state, move),
                createdAt, deadline, startedAt, now, tokensIn, startedAt == null ? null : (Integer) tokens, null,
                new TaskView.Failure(code, message),
                endLast(code == ErrorCode.CANCELLED ? CANCELLED : code.name(), now));
    }

    private Task with(Move move, @Nullable Instant started, @Nullable Instant ended, List<Attempt> changed) {
        return new Task(id, correlationId, model, priority, onDisconnect, TransitionTable.require(id, state, move),
                createdAt, deadline, started, ended, tokensIn, tokensOut, stopReason, error, changed);
    }

    private List<Attempt> endLast(String outcome, Instant now) {
        if (attempts.isEmpty() || attempts.getLast().endedAt() != null) {
            return attempts;
        }
        List<Attempt> all = new ArrayList<>(attempts);
        Attempt last = all.removeLast();
        all.add(new Attempt(last.number(), last.workerId(), last.startedAt(), now, outcome, last.exact()));
        return all;
    }

    /** How many workers died with it. */
    public long workerDeaths() {
        return attempts.stream().filter(attempt -> ErrorCode.WORKER_UNAVAILABLE.name().equals(attempt.outcome())).count();
    }

    /** What clients see. */
    public TaskView view(@Nullable Integer queuePosition) {
        return new TaskView(id, state, model, priority, queuePosition, createdAt, startedAt, endedAt,
                attempts.isEmpty() ? null : attempts.getLast().workerId(), tokensIn, tokensOut, stopReason, error, attempts);
    }
}
