package dev.rbees.orchestrator.control;

import java.time.Instant;
import java.util.function.IntSupplier;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.SamplingParameters;
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
    private volatile @Nullable IntSupplier position;
    private int told;
    private boolean holdsPlace = true;
    private int dispatches;
    private int retries;
    private @Nullable Instant stageEnds;
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

    /** What the next worker is asked: to begin, or to go on behind what is there. */
    GenerationRequest request() {
        return request.after(log.tokenIds());
    }

    SamplingParameters sampling() {
        return request.sampling();
    }

    Prompt prompt() {
        return request.prompt();
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

    /** The worker that has it, or had it last. */
    String worker() {
        return record.attempts().getLast().workerId();
    }

    /** It waits; its position can be asked from any thread. */
    void waits(IntSupplier where) {
        position = where;
        told = 0;
    }

    /** It waits no longer. */
    void leavesQueue() {
        position = null;
    }

    /** 1 is next; null when it does not wait. */
    @Nullable
    Integer position() {
        IntSupplier where = position;
        return where == null ? null : (Integer) where.getAsInt();
    }

    /** Whether readers do not know this position yet; from now on they do. */
    boolean tellsAnew(int now) {
        boolean news = told != now;
        told = now;
        return news;
    }

    TaskView view() {
        return record.view(position());
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

    /** When it must have left the stage that it is in; null for never. */
    @Nullable
    Instant stageEnds() {
        return stageEnds;
    }

    void stageEnds(@Nullable Instant when) {
        stageEnds = when;
    }

    void stopsWith(Runnable stop) {
        stopAttempt = stop;
    }

    void stopAttempt() {
        stopAttempt.run();
        stopAttempt = () -> {
        };
    }

    /** How often it was tried again, this time included. */
    int nextRetry() {
        return ++retries;
    }
}
