package dev.rbees.orchestrator.pool;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.PoolRegistration;

/**
 * What the record keeps of a pool.
 *
 * @param id of the pool
 * @param registration as it was registered; null for one that stands in a file, or is this machine
 * @param draining whether it gets no new workers
 */
public record PoolRecord(String id, @Nullable PoolRegistration registration, boolean draining) {}
