package dev.rbees.pool.model;

/** A source does not give the model; the next one is tried. The message says why, in a few words. */
final class SourceException extends Exception {

    private static final long serialVersionUID = 1L;

    SourceException(String reason) {
        super(reason);
    }

    SourceException(String reason, Throwable cause) {
        super(reason, cause);
    }

    /** Why, in a few words. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
