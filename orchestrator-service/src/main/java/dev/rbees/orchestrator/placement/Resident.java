package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A worker that was started by us and may be stopped by us.
 *
 * @param workerId who
 * @param model what it holds
 * @param bytes of its site's memory that it may take
 * @param busy whether it has tasks
 * @param readySince when it was ready
 * @param lastUsed when it was last given a task or finished one; {@code readySince} before that
 * @param served tasks that it was given
 * @param keepAlive how long it stays without work; null for ever
 * @param pinned whether only its owner may stop it
 */
public record Resident(String workerId, String model, long bytes, boolean busy, Instant readySince, Instant lastUsed,
        long served, @Nullable Duration keepAlive, boolean pinned) {

    boolean idleTooLong(Instant now) {
        return !busy && !pinned && keepAlive != null && !lastUsed.plus(keepAlive).isAfter(now);
    }

    Duration since(Instant now) {
        return Duration.between(readySince, now);
    }
}
