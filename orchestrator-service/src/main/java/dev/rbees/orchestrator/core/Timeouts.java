package dev.rbees.orchestrator.core;

import java.time.Duration;

/**
 * How long a task may be in a stage, whatever its own deadline says. Both limits count over all attempts.
 *
 * @param queue from its acceptance until a worker first begins to generate, refusals of workers included
 * @param run from then to its end, with all attempts that follow and the waits between them
 */
public record Timeouts(Duration queue, Duration run) {

    /** As long as almost nobody wants to wait. */
    public static final Timeouts USUAL = new Timeouts(Duration.ofHours(1), Duration.ofMinutes(30));
}
