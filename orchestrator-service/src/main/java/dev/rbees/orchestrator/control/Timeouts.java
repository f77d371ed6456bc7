package dev.rbees.orchestrator.control;

import java.time.Duration;

/**
 * How long a task may be in a stage, whatever its own deadline says.
 *
 * @param queue waiting for a worker, each time that it waits
 * @param run from when a worker got it to its end, with all attempts that follow
 */
public record Timeouts(Duration queue, Duration run) {

    /** As long as almost nobody wants to wait. */
    public static final Timeouts USUAL = new Timeouts(Duration.ofHours(1), Duration.ofMinutes(30));
}
