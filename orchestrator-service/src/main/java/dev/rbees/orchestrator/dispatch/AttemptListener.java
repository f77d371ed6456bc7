package dev.rbees.orchestrator.dispatch;

import dev.rbees.api.task.TaskEvent;

/**
 * Hears one attempt: {@code started}, then any number of {@code said}, and exactly one {@code ended}, which may also come first.
 *
 * <p>
 * All of it comes on the event loop of the connection to the worker, one call at a time, except an end that comes because there is no
 * connection: that one comes on a thread of Reactor's parallel scheduler. Never on the thread that began the attempt. None of these
 * methods may block: a listener that waits holds up every other stream of its event loop. What a listener throws ends the attempt.
 */
public interface AttemptListener {

    /**
     * The worker began. The id of the task and, where one was ordered, the seed are those of the order; worker and wait are not set.
     * The model's name is the worker's word, bounded.
     */
    void started(TaskEvent.Started event);

    /**
     * A {@link TaskEvent.Token} or {@link TaskEvent.Metrics} that was checked against the order: to be written anew, in our own words.
     */
    void said(TaskEvent event);

    /** Nothing follows. */
    void ended(AttemptEnd end);
}
