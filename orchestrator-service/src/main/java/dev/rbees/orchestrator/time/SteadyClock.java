package dev.rbees.orchestrator.time;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** The time by two clocks: that of the day, and one that begins with it and then never jumps. Any thread. */
public final class SteadyClock {

    private final InstantSource wall;
    private final LongSupplier nanos;
    private final Instant begin;
    private final long beginNanos;

    /**
     * @param wall the time of day
     * @param nanos nanoseconds since any time, as {@link System#nanoTime}
     */
    public SteadyClock(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
        this.begin = wall.instant();
        this.beginNanos = nanos.getAsLong();
    }

    public Moment now() {
        return new Moment(wall.instant(), steady());
    }

    /** The time of the clock that never jumps. */
    public Instant steady() {
        return begin.plusNanos(nanos.getAsLong() - beginNanos);
    }

    /** The time of day. */
    public Instant wall() {
        return wall.instant();
    }
}
