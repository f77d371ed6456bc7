package dev.rbees.api.task;

/** Where a task is. Stored by name. */
public enum TaskState {
    /** Accepted and waiting for a slot. */
    QUEUED,
    /** Given to a worker that has not said yet that it began. */
    DISPATCHED,
    /** The worker is generating. */
    RUNNING,
    /** An attempt failed and the next one waits for its time. */
    RETRY_WAIT,
    /** Ended as it should. */
    COMPLETED,
    /** Ended with an error. */
    FAILED,
    /** Ended on request. */
    CANCELLED,
    /** Its deadline passed. */
    EXPIRED;

    /** Whether nothing will change any more. */
    public boolean terminal() {
        return switch (this) {
            case QUEUED, DISPATCHED, RUNNING, RETRY_WAIT -> false;
            case COMPLETED, FAILED, CANCELLED, EXPIRED -> true;
        };
    }
}
