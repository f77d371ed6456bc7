package dev.rbees.orchestrator.core;

import java.time.Duration;

/**
 * How long a task may be in a stage, whatever its own deadline says. Both limits count over all attempts.
 *
 * @param queue from its acceptance, or the start of this program after it, until a worker first begins to generate, refusals of workers
 *        included. why: an outage must not end all that waits
 * @param run from then, or that start, to its end, with all attempts that follow and the waits between them
 */
public record Timeouts(Duration queue, Duration run) {

    /** As long as almost nobody wants to wait. */
    public static final Timeouts USUAL = new Timeouts(Duration.ofHours(1), Duration.ofMinutes(30));
}
