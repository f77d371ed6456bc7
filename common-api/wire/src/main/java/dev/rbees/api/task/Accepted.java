package dev.rbees.api.task;

import org.jspecify.annotations.Nullable;

/**
 * What a client hears when its task is durable.
 *
 * @param jobId the task
 * @param status where it is
 * @param queuePosition 1 is next; absent when it does not wait any more, or the orchestrator closes before it knows
 * @param eventsUrl path of its events
 */
public record Accepted(String jobId, TaskState status, @Nullable Integer queuePosition, String eventsUrl) {

    /** As the orchestrator answers: the path of the events follows from the id. */
    public static Accepted of(String id, TaskState status, @Nullable Integer position) {
        return new Accepted(id, status, position, "/v2/tasks/" + id + "/events");
    }
}
