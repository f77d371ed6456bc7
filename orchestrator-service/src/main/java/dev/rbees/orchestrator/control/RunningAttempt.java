package dev.rbees.orchestrator.control;

import java.util.function.Consumer;

import dev.rbees.api.task.TaskEvent;
import dev.rbees.orchestrator.dispatch.AttemptEnd;
import dev.rbees.orchestrator.dispatch.AttemptListener;

/**
 * Takes what one attempt says: its words go straight into the log, which knows whether they still count; what changes the
 * task goes to the control thread.
 */
final class RunningAttempt implements AttemptListener {

    private final LiveTask task;
    private final int number;
    private final String workerId;
    private final long queueWaitMs;
    private final Consumer<Command> control;

    RunningAttempt(LiveTask task, int number, String workerId, long queueWaitMs, Consumer<Command> control) {
        this.task = task;
        this.number = number;
        this.workerId = workerId;
        this.queueWaitMs = queueWaitMs;
        this.control = control;
    }

    @Override
    public void started(TaskEvent.Started event) {
        TaskEvent told = new TaskEvent.Started(task.id(), event.model(), event.startedAt(), event.seed(), workerId,
                queueWaitMs);
        control.accept(new Command.AttemptStarted(task, number));
        task.log().append(number, told.type(), told.toJson());
    }

    @Override
    public void said(TaskEvent event) {
        task.log().append(number, event.type(), event.toJson());
    }

    @Override
    public void ended(AttemptEnd end) {
        control.accept(new Command.AttemptEnded(task, number, end));
    }
}
