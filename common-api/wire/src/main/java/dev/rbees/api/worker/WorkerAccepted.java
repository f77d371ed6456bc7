package dev.rbees.api.worker;

import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code POST /v2/workers/register}.
 *
 * @param workerId the worker
 * @param secret what it shows from now on; null from an orchestrator that knows of none
 */
public record WorkerAccepted(String workerId, @Nullable WorkerSecret secret) {}
