package dev.rbees.service;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** When somebody who was refused for now should come back: every answer with status 429 or 503 says it. */
public final class RetryAfter {

    /** In seconds. why: clients of OpenAI's do not come back at all when they are told to wait longer. */
    private static final int LONGEST = 120;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;

    private RetryAfter() {}

    /** From 1 to 120 s: what the failure says, or what is usual for its code; empty for one that does not pass. */
    public static Optional<Long> seconds(RbeesException failure) {
        Duration wait = failure.retryAfter() == null ? usual(failure.code()) : failure.retryAfter();
        return Optional.ofNullable(wait).map(time -> Math.clamp(time.toSeconds(), 1L, (long) LONGEST));
    }

    private static @Nullable Duration usual(ErrorCode code) {
        if (code.httpStatus() != TOO_MANY_REQUESTS && code.httpStatus() != UNAVAILABLE) {
            return null;
        }
        return Duration.ofSeconds(switch (code) {
            case ALL_SLOTS_BUSY -> 1;
            case OVERLOADED -> 2;
            case QUEUE_FULL, WORKER_UNAVAILABLE -> 5;
            case DRAINING, STORAGE_UNAVAILABLE, POOL_UNAVAILABLE, WORKER_START_FAILED -> 10;
            default -> 60;
        });
    }
}
