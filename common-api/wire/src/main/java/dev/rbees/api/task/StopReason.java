package dev.rbees.api.task;

/** Why an answer ended as it should. */
public enum StopReason {
    /** The answer reached {@code max_tokens} or the end of the context. */
    MAX_TOKENS,
    /** The model said that it is done. */
    EOS,
    /** One of the {@code stop} texts appeared. */
    STOP_SEQUENCE
}
