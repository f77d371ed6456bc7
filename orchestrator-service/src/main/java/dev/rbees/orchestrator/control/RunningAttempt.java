package dev.rbees.orchestrator.control;

import java.util.function.Consumer;

import dev.rbees.api.task.TaskEvent;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.dispatch.AttemptEnd;
import dev.rbees.orchestrator.dispatch.AttemptListener;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.orchestrator.task.Task;

/**
 * Takes what one attempt says, on the event loop of its worker's connection: its words go straight into the log, which knows whether
 * they still count; what changes the task goes to the core.
 */
final class RunningAttempt implements AttemptListener {

    private final String taskId;
    private final String model;
    private final TaskLog log;
    private final int number;
    private final String workerId;
    private final long queueWaitMs;
    private final Consumer<Command> core;

    RunningAttempt(Task task, TaskLog log, int number, String workerId, long queueWaitMs, Consumer<Command> core) {
        this.taskId = task.id();
        this.model = task.model();
        this.log = log;
        this.number = number;
        this.workerId = workerId;
        this.queueWaitMs = queueWaitMs;
        this.core = core;
    }

    @Override
    public void started(TaskEvent.Started event) {
        core.accept(new Command.AttemptStarted(taskId, number));
        log.append(number,
                new TaskEvent.Started(taskId, model, event.startedAt(), event.seed(), workerId, queueWaitMs));
    }

    @Override
    public void said(TaskEvent event) {
        log.append(number, event);
    }

    @Override
    public void ended(AttemptEnd end) {
        core.accept(new Command.AttemptEnded(taskId, number, end, log.fence(number)));
    }
}
