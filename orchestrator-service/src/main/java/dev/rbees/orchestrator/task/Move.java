package dev.rbees.orchestrator.task;

/** What can happen to a task. */
public enum Move {
    /** It is given to a worker. */
    DISPATCH,
    /** The worker began to generate. */
    START,
    /** The attempt failed before anything was told to a reader; another follows. */
    RETRY,
    /** It waits for a slot again. */
    REQUEUE,
    /** The answer is complete. */
    COMPLETE,
    /** It failed for good. */
    FAIL,
    /** Somebody asked for its end. */
    CANCEL,
    /** Its deadline passed. */
    EXPIRE
}
