package dev.rbees.orchestrator.scheduling;

import org.jspecify.annotations.Nullable;

/**
 * What a task would like of its worker, without insisting.
 *
 * @param numerics how the worker calculated that made the beginning of the answer, null when there is none
 * @param affinity what the policy keeps together, for example a session; null for nothing
 */
public record Wish(@Nullable String numerics, @Nullable String affinity) {

    /** No wish. */
    public static final Wish NONE = new Wish(null, null);
}
