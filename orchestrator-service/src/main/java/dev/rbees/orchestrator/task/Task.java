package dev.rbees.orchestrator.task;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.task.TaskView;
import dev.rbees.orchestrator.scheduling.PlacementDecision;

/**
 * The record of a task without its prompt. Each method that changes its state is a row of {@link TransitionTable}.
 *
 * @param id unguessable
 * @param correlationId of the request that handed it in
 * @param trace where that request stood in a distributed trace, as the header {@code traceparent} says it; null in
 *        records of earlier versions
 * @param model id of the model
 * @param priority class in the queue
 * @param tenant whose it is, null for the installation's own
 * @param session that it belongs to, null for none
 * @param onDisconnect what happens when its last reader leaves
 * @param maxTokens of its answer at most, which were reserved for it; null where its client sets no limit, and in records of old
 * @param contextNeeded positions that prompt and answer take at least; null while that is not known
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
public record Task(String id, String correlationId, @Nullable String trace, String model, Priority priority,
        @Nullable String tenant, @Nullable String session, OnDisconnect onDisconnect,
        @Nullable Integer maxTokens, @Nullable Integer contextNeeded, TaskState state, Instant createdAt,
        @Nullable Instant deadline,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt, @Nullable Integer tokensIn, @Nullable Integer tokensOut,
        @Nullable StopReason stopReason, TaskView.@Nullable Failure error, List<Attempt> attempts) {

    private static final String CANCELLED = "cancelled";
    private static final String INTERRUPTED = "interrupted";

    public Task {
        attempts = List.copyOf(attempts);
    }

    /** A task that was just accepted; how much context it needs is not known. */
    public static Task accepted(String id, String correlationId, String trace, @Nullable String tenant,
            TaskSubmission wanted, Instant now) {
        return accepted(id, correlationId, trace, tenant, wanted, null, now);
    }

    /**
     * A task that was just accepted.
     *
     * @param contextNeeded positions that prompt and answer take at least; null while that is not known
     */
    public static Task accepted(String id, String correlationId, String trace, @Nullable String tenant,
            TaskSubmission wanted, @Nullable Integer contextNeeded, Instant now) {
        Duration limit = wanted.deadline();
        return new Task(id, correlationId, trace, wanted.model(), wanted.priority(), tenant, wanted.sessionId(),
                wanted.onDisconnect(), wanted.sampling().maxTokens(), contextNeeded,
                TaskState.QUEUED, now, limit == null ? null : now.plus(limit), null, null, null, null, null, null,
                List.of());
    }

    /**
     * Given to a worker.
     *
     * @param numerics how it calculates, null when it does not say
     * @param tokens that the answer has already
     */
    public Task dispatched(String worker, @Nullable String numerics, int tokens, PlacementDecision choice, Instant now) {
        List<Attempt> all = new ArrayList<>(attempts);
        boolean exact = tokens == 0 || (numerics != null && madeBy(tokens).equals(Set.of(numerics)));
        all.add(new Attempt(attempts.size() + 1, worker, numerics, tokens, now, null, null, exact, choice));
        return with(Move.DISPATCH, startedAt, endedAt, all);
    }

    /** How those workers calculated that made the first tokens; the empty word stands for one that does not say. */
    private Set<String> madeBy(int tokens) {
        Set<String> made = new HashSet<>();
        int end = tokens;
        for (Attempt attempt : attempts.reversed()) {
            if (attempt.firstToken() < end) {
                made.add(attempt.numerics() == null ? "" : attempt.numerics());
                end = attempt.firstToken();
            }
        }
        return made;
    }

    /** How a worker must calculate to go on exactly after so many tokens; null when there is nothing to go on with, or no way. */
    public @Nullable String numericsToGoOn(int tokens) {
        Set<String> made = madeBy(tokens);
        return made.size() == 1 && !made.contains("") ? made.iterator().next() : null;
    }

    /** The worker began. */
    public Task running(Instant now) {
        return with(Move.START, startedAt == null ? now : startedAt, endedAt, attempts);
    }

    /** The attempt failed; another follows. */
    public Task retrying(ErrorCode why, Instant now) {
        return with(Move.RETRY, startedAt, endedAt, endLast(why.name(), now));
    }

    /** The orchestrator was stopped during the attempt; another follows. */
    public Task interrupted(Instant now) {
        return with(Move.RETRY, startedAt, endedAt, endLast(INTERRUPTED, now));
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
        return new Task(id, correlationId, trace, model, priority, tenant, session, onDisconnect, maxTokens, contextNeeded,
                TransitionTable.require(id, state, Move.COMPLETE), createdAt, deadline, startedAt, now, end.tokensIn(),
                end.tokensOut(), end.stopReason(), null, endLast("completed", now));
    }

    /**
     * Ended without a complete answer; the code decides whether that is a failure, a cancellation or an expiry. How many tokens there
     * are, {@link #withTokensOut} says.
     */
    public Task ended(ErrorCode code, String message, Instant now) {
        Move move = switch (code) {
            case CANCELLED -> Move.CANCEL;
            case DEADLINE_EXCEEDED -> Move.EXPIRE;
            default -> Move.FAIL;
        };
        return new Task(id, correlationId, trace, model, priority, tenant, session, onDisconnect, maxTokens, contextNeeded,
                TransitionTable.require(id, state, move), createdAt, deadline, startedAt, now, tokensIn,
                null, null,
                new TaskView.Failure(code, message),
                endLast(code == ErrorCode.CANCELLED ? CANCELLED : code.name(), now));
    }

    /** An answer that is not complete has so many tokens. */
    public Task withTokensOut(int tokens) {
        return startedAt == null
                ? this
                : new Task(id, correlationId, trace, model, priority, tenant, session, onDisconnect, maxTokens,
                        contextNeeded,
                        state, createdAt, deadline, startedAt, endedAt, tokensIn, tokens, stopReason, error, attempts);
    }

    private Task with(Move move, @Nullable Instant started, @Nullable Instant ended, List<Attempt> changed) {
        return new Task(id, correlationId, trace, model, priority, tenant, session, onDisconnect, maxTokens, contextNeeded,
                TransitionTable.require(id, state, move), createdAt, deadline, started, ended, tokensIn, tokensOut,
                stopReason, error, changed);
    }

    private List<Attempt> endLast(String outcome, Instant now) {
        if (attempts.isEmpty() || attempts.getLast().endedAt() != null) {
            return attempts;
        }
        List<Attempt> all = new ArrayList<>(attempts);
        all.add(all.removeLast().ended(outcome, now));
        return all;
    }

    /** Whose turn it takes in the queue: its tenant's, else its session's, else that of all tasks without one. */
    public String flow() {
        if (tenant != null) {
            return "tenant " + tenant;
        }
        return session == null ? "" : session;
    }

    /** Those of its prompt and its answer, as far as they are known. */
    public long tokens() {
        return (tokensIn == null ? 0L : tokensIn) + (tokensOut == null ? 0L : tokensOut);
    }

    /** How many workers died with it. */
    public long workerDeaths() {
        return attempts.stream().filter(attempt -> ErrorCode.WORKER_UNAVAILABLE.name().equals(attempt.outcome())).count();
    }

    /**
     * Why it is where it is, and why it went where it went.
     *
     * @param waiting for what it waits; null when it does not wait
     * @param now until when it has waited, if it had no worker yet
     */
    public TaskExplanation explanation(TaskExplanation.@Nullable Waiting waiting, Instant now) {
        Duration waited = Duration.between(createdAt, attempts.isEmpty() ? now : attempts.getFirst().startedAt());
        return new TaskExplanation(id, state, model, priority, session, waiting, Math.max(0, waited.toMillis()),
                attempts.stream().map(Attempt::explanation).toList());
    }

    /** What clients see. */
    public TaskView view(@Nullable Integer queuePosition) {
        return new TaskView(id, state, model, priority, queuePosition, createdAt, startedAt, endedAt,
                attempts.isEmpty() ? null : attempts.getLast().workerId(), tokensIn, tokensOut, stopReason, error,
                attempts.stream().map(Attempt::view).toList());
    }
}
