package dev.rbees.orchestrator.core;

import java.time.Instant;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.WaitingFor;
import dev.rbees.orchestrator.queue.Ticket;
import dev.rbees.orchestrator.task.Task;
import dev.rbees.orchestrator.time.Moment;

/** A task that has not ended, as the core has it. */
final class LiveTask {

    private final long number;
    private final long bytes;
    private final @Nullable String affinity;
    /** When its deadline is, on the steady clock. */
    private final @Nullable Instant deadline;
    private final Instant since;
    private Task record;
    private int tokens;
    private int contextNeeded;

    private @Nullable Ticket ticket;
    private int told;
    private @Nullable WaitingFor toldOf;
    private long watch;

    private int dispatches;
    private int retries;
    private @Nullable Instant stageEnds;

    LiveTask(Command.Entry entry, Moment now) {
        this.number = entry.number();
        this.bytes = entry.bytes();
        this.affinity = entry.affinity();
        this.record = entry.task();
        this.tokens = entry.tokens();
        this.contextNeeded = record.contextNeeded() == null ? 0 : record.contextNeeded();
        this.deadline = record.deadline() == null ? null : now.steadyAt(record.deadline());
        this.since = now.steady().minus(now.since(record.createdAt()));
    }

    String id() {
        return record.id();
    }

    /** Order of acceptance. */
    long number() {
        return number;
    }

    long bytes() {
        return bytes;
    }

    @Nullable
    String affinity() {
        return affinity;
    }

    @Nullable
    Instant deadline() {
        return deadline;
    }

    /** When it was accepted, on the steady clock. */
    Instant since() {
        return since;
    }

    Task record() {
        return record;
    }

    void record(Task changed) {
        record = changed;
    }

    boolean is(TaskState state) {
        return record.state() == state;
    }

    boolean onWorker() {
        return is(TaskState.DISPATCHED) || is(TaskState.RUNNING);
    }

    /** The worker that has it, or had it last. */
    String worker() {
        return record.attempts().getLast().workerId();
    }

    /** Tokens of its answer when its last attempt was over. */
    int tokens() {
        return tokens;
    }

    void tokens(int now) {
        tokens = now;
    }

    /** Positions that a worker must have for it; 0 while that is not known. */
    int contextNeeded() {
        return contextNeeded;
    }

    void needsMoreThan(int contextLength) {
        contextNeeded = Math.max(contextNeeded, contextLength + 1);
    }

    /** Where it waits; null when it does not. */
    @Nullable
    Ticket ticket() {
        return ticket;
    }

    void ticket(@Nullable Ticket where) {
        ticket = where;
    }

    /** Whether it has not been told this last; from now on it has. */
    boolean tellsAnew(int position, @Nullable WaitingFor start) {
        boolean news = told != position || !Objects.equals(toldOf, start);
        told = position;
        toldOf = start;
        return news;
    }

    /** What it was told of its position is over: a worker began. */
    void forgetPosition() {
        told = 0;
    }

    /** Somebody reads along from now on. */
    void watch() {
        watch++;
    }

    /** Number of who came last to read along. */
    long lastWatch() {
        return watch;
    }

    /** Begins the next attempt: its number, which no earlier attempt had. */
    int nextAttempt() {
        return ++dispatches;
    }

    boolean isCurrent(int attempt) {
        return attempt == dispatches && onWorker();
    }

    int attempt() {
        return dispatches;
    }

    /** How often it was tried again, this time included. */
    int nextRetry() {
        return ++retries;
    }

    /** Whether a worker ever began to generate, so that it runs. */
    boolean begun() {
        return record.startedAt() != null;
    }

    /** When it must have left the stage that it is in; null for never. */
    @Nullable
    Instant stageEnds() {
        return stageEnds;
    }

    void stageEnds(@Nullable Instant when) {
        stageEnds = when;
    }
}
