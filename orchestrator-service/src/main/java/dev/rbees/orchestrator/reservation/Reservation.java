package dev.rbees.orchestrator.reservation;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.task.TaskSubmission;

/** Whether a task may take what it wants. */
public sealed interface Reservation {

    /**
     * It may.
     *
     * @param task as it came; limited to what is left, where it has no limit of its own and its budget has one
     */
    record Reserved(TaskSubmission task) implements Reservation {}

    /**
     * It may not, and nothing is set aside.
     *
     * @param why QUOTA_EXCEEDED with a {@code Retry-After}, or FORBIDDEN
     */
    record Refused(RbeesException why) implements Reservation {}
}
