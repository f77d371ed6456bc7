package dev.rbees.service;

import java.util.concurrent.RejectedExecutionException;

import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

/** Finds out what a failed request is told. */
public final class ApiFailure {

    private ApiFailure() {}

    /** What is told; a failure that nobody thought of becomes INTERNAL. */
    public static RbeesException of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RbeesException known) {
                return known;
            }
            if (cause instanceof RejectedExecutionException) {
                return new RbeesException(ErrorCode.OVERLOADED, "too many requests wait to be read; try again in a moment");
            }
            if (cause instanceof DataBufferLimitException) {
                return new RbeesException(ErrorCode.PAYLOAD_TOO_LARGE,
                        "the body is larger than " + Json.MAX_BODY_BYTES + " bytes");
            }
        }
        if (failure instanceof ResponseStatusException framework) {
            return of(framework);
        }
        return new RbeesException(ErrorCode.INTERNAL,
                "the request failed because of a fault in rbees; the log has more under the correlation id", failure);
    }

    private static RbeesException of(ResponseStatusException failure) {
        return switch (HttpStatus.resolve(failure.getStatusCode().value())) {
            case NOT_FOUND -> new RbeesException(ErrorCode.NOT_FOUND, "there is nothing at this path");
            case METHOD_NOT_ALLOWED -> new RbeesException(ErrorCode.METHOD_NOT_ALLOWED, "this path has no such method");
            case UNSUPPORTED_MEDIA_TYPE -> new RbeesException(ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    HostGuard.JSON_ONLY);
            case CONTENT_TOO_LARGE, PAYLOAD_TOO_LARGE -> new RbeesException(ErrorCode.PAYLOAD_TOO_LARGE,
                    "the body is larger than " + Json.MAX_BODY_BYTES + " bytes");
            case null, default -> new RbeesException(ErrorCode.INVALID_REQUEST, "the request cannot be read");
        };
    }
}
