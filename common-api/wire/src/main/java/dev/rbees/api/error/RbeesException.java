package dev.rbees.api.error;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** A failure that a user or a client is told about: a stable code, a sentence, and facts for programs. */
public final class RbeesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String userMessage;
    private final transient Map<String, Object> details;
    private final @Nullable Duration retryAfter;

    public RbeesException(ErrorCode code, String message) {
        this(code, message, Map.of(), null, null);
    }

    public RbeesException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, Map.of(), null, cause);
    }

    public RbeesException(ErrorCode code, String message, Map<String, Object> details) {
        this(code, message, details, null, null);
    }

    private RbeesException(ErrorCode code, String message, Map<String, Object> details, @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.userMessage = message;
        this.details = Map.copyOf(details);
        this.retryAfter = retryAfter;
    }

    /** A request with problems, all of them at once. */
    public static RbeesException invalid(List<FieldError> problems) {
        return invalid(problems, 0);
    }

    /**
     * A request with so many problems that not all are told.
     *
     * @param problems those that are
     * @param more how many are not
     */
    public static RbeesException invalid(List<FieldError> problems, long more) {
        String message = problems.size() == 1
                ? problems.getFirst().message()
                : problems.size() + more + " problems: "
                        + String.join("; ", problems.stream().map(FieldError::message).toList());
        return more == 0
                ? new RbeesException(ErrorCode.INVALID_REQUEST, message, Map.of("errors", problems))
                : new RbeesException(ErrorCode.INVALID_REQUEST, message + "; and " + more + " more",
                        Map.of("errors", problems, "more_errors", more));
    }

    /** A request with one problem. */
    public static RbeesException invalid(String field, String constraint, String message) {
        return invalid(List.of(new FieldError(field, constraint, message)));
    }

    /** A refusal for lack of room, with the time after which another try is worth it. */
    public static RbeesException busy(ErrorCode code, String message, Duration retryAfter) {
        return new RbeesException(code, message, Map.of(), retryAfter, null);
    }

    public ErrorCode code() {
        return code;
    }

    /** The sentence for the user; the same as {@link #getMessage()}, never null. */
    public String userMessage() {
        return userMessage;
    }

    public Map<String, Object> details() {
        return details;
    }

    /** When to try again, for refusals that pass. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
