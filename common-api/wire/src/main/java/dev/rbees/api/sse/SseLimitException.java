package dev.rbees.api.sse;

/** A stream holds a line or an event that is longer than allowed. Nothing after it can be understood. */
public final class SseLimitException extends RuntimeException {

    private static final long serialVersionUID = 1;

    SseLimitException(String message) {
        super(message);
    }
}
