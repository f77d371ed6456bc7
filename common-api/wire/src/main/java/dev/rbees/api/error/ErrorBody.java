package dev.rbees.api.error;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The native error envelope: {@code {"error":{"code":…,"message":…,"details":{…},"correlation_id":…}}}.
 *
 * @param error what went wrong
 */
public record ErrorBody(Content error) {

    /**
     * @param code the stable code
     * @param message what failed, with which value, and what to do next
     * @param details further facts for programs, absent when there are none
     * @param correlationId the id that the log lines of this request carry
     */
    public record Content(ErrorCode code, String message, @Nullable Map<String, Object> details, String correlationId) {}

    public static ErrorBody of(RbeesException failure, String correlationId) {
        return new ErrorBody(new Content(failure.code(), failure.userMessage(),
                failure.details().isEmpty() ? null : failure.details(), correlationId));
    }
}
