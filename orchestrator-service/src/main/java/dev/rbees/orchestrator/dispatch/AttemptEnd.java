package dev.rbees.orchestrator.dispatch;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.TaskEvent;

/** How an attempt ended. */
public sealed interface AttemptEnd {

    /** The answer is complete. Its counts of tokens are ours, or bounded by the order. */
    record Complete(TaskEvent.End end) implements AttemptEnd {}

    /**
     * The worker refused or failed, or was lost.
     *
     * @param code the worker's own code where it says something of the task; WORKER_UNAVAILABLE when the worker was lost or broke the
     *        rules of its answers; STORAGE_UNAVAILABLE or INTERNAL when the answer could not be taken in
     * @param message what failed; bounded
     */
    record Broken(ErrorCode code, String message) implements AttemptEnd {

        /** Whether the worker has no room just now, so that this was no attempt. */
        public boolean noRoom() {
            return code == ErrorCode.ALL_SLOTS_BUSY || code == ErrorCode.DRAINING;
        }

        /** Whether the worker itself seems to be gone. */
        public boolean workerLost() {
            return code == ErrorCode.WORKER_UNAVAILABLE;
        }
    }
}
