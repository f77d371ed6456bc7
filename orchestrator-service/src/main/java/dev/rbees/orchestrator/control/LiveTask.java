package dev.rbees.orchestrator.control;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskView;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.orchestrator.task.Task;

/** A task that has not ended. Changed by the control thread alone; its record, position and log may be read by anybody. */
final class LiveTask {

    private final long ticket;
    private final GenerationRequest request;
    private final TaskLog log;
    private volatile Task record;
    private volatile @Nullable Integer position;
    private boolean holdsPlace = true;
    private int dispatches;
    private Instant retryAt = Instant.MIN;
    private Runnable stopAttempt = () -> {
    };

    /**
     * @param ticket order of acceptance
     * @param record where it is
     * @param request what the worker is asked
     * @param log what happened to it
     */
    LiveTask(long ticket, Task record, GenerationRequest request, TaskLog log) {
        this.ticket = ticket;
        this.record = record;
        this.request = request;
        this.log = log;
    }

    String id() {
        return record.id();
    }

    long ticket() {
        return ticket;
    }

    GenerationRequest request() {
        return request;
    }

    TaskLog log() {
        return log;
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

    void position(@Nullable Integer now) {
        position = now;
    }

    @Nullable
    Integer position() {
        return position;
    }

    TaskView view() {
        return record.view(position);
    }

    /** Gives up the place in the queue; false when it was given up before. */
    boolean leavePlace() {
        boolean held = holdsPlace;
        holdsPlace = false;
        return held;
    }

    void takePlace() {
        holdsPlace = true;
    }

    /** Begins the next attempt: its number, which no earlier attempt had. */
    int nextAttempt() {
        dispatches++;
        log.admit(dispatches);
        return dispatches;
    }

    boolean isCurrent(int number) {
        return number == dispatches && onWorker();
    }

    void stopsWith(Runnable stop) {
        stopAttempt = stop;
    }

    void stopAttempt() {
        stopAttempt.run();
        stopAttempt = () -> {
        };
    }

    void retryAt(Instant time) {
        retryAt = time;
    }

    boolean retryDue(Instant now) {
        return is(TaskState.RETRY_WAIT) && !now.isBefore(retryAt);
    }

    boolean overdue(Instant now) {
        return record.deadline() != null && !now.isBefore(record.deadline());
    }
}
