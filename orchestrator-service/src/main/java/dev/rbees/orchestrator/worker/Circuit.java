package dev.rbees.orchestrator.worker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;

/**
 * Keeps tasks away from a worker that fails again and again: after {@link #LEAST} attempts of which half were lost it is
 * open for {@link #REST}; then one task may try. Belongs to the control thread; times are those of a clock that never jumps.
 */
final class Circuit {

    private static final int WINDOW = 8;
    private static final int LEAST = 3;
    private static final float FAILURE_PERCENT = 50;
    private static final Duration REST = Duration.ofSeconds(10);

    private final GivenClock time;
    private final CircuitBreaker breaker;

    Circuit(String workerId, Instant now) {
        this.time = new GivenClock(now);
        this.breaker = CircuitBreaker.of(workerId, CircuitBreakerConfig.custom()
                .slidingWindowSize(WINDOW).minimumNumberOfCalls(LEAST).failureRateThreshold(FAILURE_PERCENT)
                .waitDurationInOpenState(REST).permittedNumberOfCallsInHalfOpenState(1)
                .automaticTransitionFromOpenToHalfOpenEnabled(false).clock(time).build());
    }

    /** A clock that shows what it is told. */
    private static final class GivenClock extends Clock {
        private Instant now;

        GivenClock(Instant now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private CircuitBreaker at(Instant now) {
        time.now = now;
        return breaker;
    }

    /** Whether no task may go there now. */
    boolean open(Instant now) {
        return at(now).getState() == CircuitBreaker.State.OPEN && !rested();
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
    void begin(Instant now) {
        at(now).tryAcquirePermission();
    }

    /** An attempt came to its end. */
    void held(Instant now) {
        at(now).onSuccess(0, TimeUnit.NANOSECONDS);
    }

    /** The worker was lost with an attempt. */
    void broke(Instant now) {
        at(now).onError(0, TimeUnit.NANOSECONDS, new IllegalStateException("lost"));
    }

    /** An attempt ended without telling anything about the worker. */
    void silent(Instant now) {
        at(now).releasePermission();
    }

    /** {@code closed}, {@code open} or {@code half_open}. */
    String state() {
        return breaker.getState().name().toLowerCase(Locale.ROOT);
    }
}
