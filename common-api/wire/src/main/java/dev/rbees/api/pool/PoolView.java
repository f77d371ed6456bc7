package dev.rbees.api.pool;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A pool as the orchestrator lists it.
 *
 * @param id its name
 * @param host where it is
 * @param labels what the owner says of it
 * @param onDemand whether the orchestrator may start and stop workers there
 * @param tunnel whether its workers are reached through SSH
 * @param state its health
 * @param problem why it is unreachable or failed; null when it is not
 * @param lastSeenAt its last good answer; null for none
 * @param status that answer; null for none
 */
public record PoolView(String id, String host, Map<String, String> labels, boolean onDemand, boolean tunnel, PoolState state,
        @Nullable String problem, @Nullable Instant lastSeenAt, @Nullable PoolStatus status) {}
