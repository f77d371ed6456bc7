package dev.rbees.orchestrator.events;

import dev.rbees.api.task.TaskEvent;

/**
 * An event in a task's log.
 *
 * @param sequence from 1 without gaps; the id of the event for readers
 * @param type its name on the wire
 * @param data one line of JSON
 */
public record LoggedEvent(long sequence, String type, String data) {

    static LoggedEvent of(long sequence, TaskEvent event) {
        return new LoggedEvent(sequence, event.type(), event.toJson());
    }

    /** Whether nothing follows. */
    public boolean terminal() {
        return type.equals("end") || type.equals("error");
    }

    /** Whether a worker began. */
    public boolean started() {
        return type.equals("started");
    }

    /** Whether it is a piece of the answer. */
    public boolean token() {
        return type.equals("token");
    }

    /** The event itself. */
    public TaskEvent event() {
        return TaskEvent.parse(data);
    }
}
