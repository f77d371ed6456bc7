package dev.rbees.orchestrator.store;

import org.jspecify.annotations.Nullable;

/**
 * The connection to the database broke in the middle of a commit, and did not come back in time to see what had become of it: what was
 * to be written may be durable, or not. It is the cause of the STORAGE_UNAVAILABLE that says so.
 */
public final class CommitUnknown extends Exception {

    private static final long serialVersionUID = 1L;

    CommitUnknown(Throwable cause) {
        super("the answer to a commit was lost", cause);
    }

    /** Whether a failure, or one of its causes, is this: the caller must reckon with both. */
    public static boolean in(@Nullable Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof CommitUnknown) {
                return true;
            }
        }
        return false;
    }
}
