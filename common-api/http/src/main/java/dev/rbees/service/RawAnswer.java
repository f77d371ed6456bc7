package dev.rbees.service;

import java.nio.charset.StandardCharsets;

import dev.rbees.api.error.ErrorBody;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

/** Answers to those with whom no request came about: whole ones, as they go over the wire, after which the connection is closed. */
final class RawAnswer {

    private RawAnswer() {}

    /** A refusal for lack of room. */
    static byte[] of(ErrorCode code, String message) {
        RbeesException failure = new RbeesException(code, message);
        String retry = RetryAfter.seconds(failure).map(seconds -> "Retry-After: " + seconds + "\r\n").orElse("");
        return answer(code.httpStatus() + " Unavailable", retry, failure);
    }

    /** A request took too long. */
    static byte[] tooSlow(String message) {
        return answer("408 Request Timeout", "", new RbeesException(ErrorCode.TIMEOUT, message));
    }

    private static byte[] answer(String status, String headers, RbeesException failure) {
        String body = Json.write(ErrorBody.of(failure, CorrelationFilter.fresh()));
        return ("HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\nConnection: close\r\n" + headers + "\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }
}
