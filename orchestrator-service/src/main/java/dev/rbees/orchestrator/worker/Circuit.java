package dev.rbees.orchestrator.worker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;

/**
 * Keeps tasks away from a worker that fails again and again: after {@link #LEAST} attempts of which half were lost it is
 * open for {@link #REST}; then one task may try.
 */
final class Circuit {

    private static final int WINDOW = 8;
    private static final int LEAST = 3;
    private static final float FAILURE_PERCENT = 50;
    private static final Duration REST = Duration.ofSeconds(10);

    private final CircuitBreaker breaker;

    Circuit(String workerId, InstantSource time) {
        breaker = CircuitBreaker.of(workerId, CircuitBreakerConfig.custom()
                .slidingWindowSize(WINDOW).minimumNumberOfCalls(LEAST).failureRateThreshold(FAILURE_PERCENT)
                .waitDurationInOpenState(REST).permittedNumberOfCallsInHalfOpenState(1)
                .automaticTransitionFromOpenToHalfOpenEnabled(false).clock(new SourceClock(time)).build());
    }

    /** A clock that asks a source. */
    private static final class SourceClock extends Clock {
        private final InstantSource time;

        SourceClock(InstantSource time) {
            this.time = time;
        }

        @Override
        public Instant instant() {
            return time.instant();
        }

        @Override
        public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }

    /** Whether no task may go there now. */
    boolean open() {
        return breaker.getState() == CircuitBreaker.State.OPEN && !rested();
    }

    /** why: the breaker itself moves on only when it is asked for a permission. */
    private boolean rested() {
        if (breaker.tryAcquirePermission()) {
            breaker.releasePermission();
            return true;
        }
        return false;
    }

    /** Whether it is open or only one task may try. */
    boolean trial() {
        return breaker.getState() != CircuitBreaker.State.CLOSED;
    }

    /** A task goes there. */
    void begin() {
        breaker.tryAcquirePermission();
    }

    /** An attempt came to its end. */
    void held() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    /** The worker was lost with an attempt. */
    void broke() {
        breaker.onError(0, TimeUnit.NANOSECONDS, new IllegalStateException("lost"));
    }

    /** An attempt ended without telling anything about the worker. */
    void silent() {
        breaker.releasePermission();
    }

    /** {@code closed}, {@code open} or {@code half_open}. */
    String state() {
        return breaker.getState().name().toLowerCase(java.util.Locale.ROOT);
    }
}
