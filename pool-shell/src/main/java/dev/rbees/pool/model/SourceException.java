package dev.rbees.pool.model;

import dev.rbees.api.error.ErrorCode;

/** A source does not give the model; the next one is tried. The message says why, in a few words. */
final class SourceException extends Exception {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final int status;
    private final String detail;

    SourceException(String reason) {
        this(ErrorCode.TIMEOUT, reason);
    }

    /** @param code what a user is told who has no other source */
    SourceException(ErrorCode code, String reason) {
        super(reason);
        this.code = code;
        this.status = 0;
        this.detail = "";
    }

    SourceException(String reason, Throwable cause) {
        super(reason, cause);
        this.code = ErrorCode.TIMEOUT;
        this.status = 0;
        this.detail = "";
    }

    /** An answer without what was asked for. */
    SourceException(HttpGet.Answer answer) {
        super("HTTP " + answer.status());
        this.code = answer.status() == 404 ? ErrorCode.MODEL_NOT_FOUND : ErrorCode.TIMEOUT;
        this.status = answer.status();
        this.detail = answer.header("X-Error-Code");
    }

    /** Why, in a few words. */
    String reason() {
        return String.valueOf(getMessage());
    }

    ErrorCode code() {
        return code;
    }

    /** Of the answer that did not give it; 0 when there was none. */
    int status() {
        return status;
    }

    /** What the hub says more exactly; empty when nothing. */
    String detail() {
        return detail;
    }
}
