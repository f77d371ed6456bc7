package dev.rbees.orchestrator.dispatch;

import dev.rbees.api.task.TaskEvent;

/** Hears one attempt: {@code started}, then any number of {@code said}, and exactly one {@code ended}. */
public interface AttemptListener {

    void started(TaskEvent.Started event);

    /** A token or a measurement. */
    void said(TaskEvent event);

    /** Nothing follows. */
    void ended(AttemptEnd end);
}
