package dev.rbees.orchestrator.events;

/**
 * The log of a task that has ended; its events are in the record.
 *
 * @param task id of the task
 * @param last number of its last event
 */
public record EndedLog(String task, long last) implements EventSource {

    @Override
    public boolean complete() {
        return true;
    }
}
