package dev.rbees.orchestrator.time;

import java.time.Duration;
import java.time.Instant;

/**
 * A point in time, by two clocks.
 *
 * @param wall the time of day, which is written down; it may jump when somebody sets the clock
 * @param steady a clock that never jumps, by which everything is timed that has to happen later
 */
public record Moment(Instant wall, Instant steady) {

    /** The time on the steady clock at which the time of day will be {@code when}, as far as one knows now. */
    public Instant steadyAt(Instant when) {
        return steady.plus(Duration.between(wall, when));
    }

    /** How long ago that was by the time of day; zero where the clock was set back since. */
    public Duration since(Instant when) {
        Duration passed = Duration.between(when, wall);
        return passed.isNegative() ? Duration.ZERO : passed;
    }
}
