package dev.rbees.orchestrator.store;

import java.time.Duration;
import java.time.InstantSource;

import dev.rbees.thread.Liveness;

/**
 * How a record is kept in order while it is open.
 *
 * @param retention how long what has ended is kept
 * @param pause between two looks at what may be forgotten
 * @param clock by which that is decided
 * @param liveness hears of a thread that cannot go on
 */
public record Upkeep(Retention retention, Duration pause, InstantSource clock, Liveness liveness) {

    /** A look every ten seconds. */
    public static final Duration PAUSE = Duration.ofSeconds(10);

    /** Without limits of one's own, by the clock of the system. */
    static final Upkeep USUAL = new Upkeep(Retention.USUAL, PAUSE, InstantSource.system(), new Liveness(_ -> {
    }));
}
