package dev.rbees.orchestrator.dispatch;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.GenerationRequest;

/**
 * What one worker is asked to do.
 *
 * @param workerId which worker
 * @param endpoint base address of the worker
 * @param request the work
 * @param deadline when it must have ended, null for never
 * @param correlationId of the request that handed the task in
 * @param trace where that request stood in a distributed trace, as the header {@code traceparent} says it, null for none
 */
public record AttemptOrder(String workerId, String endpoint, GenerationRequest request, @Nullable Instant deadline,
        String correlationId, @Nullable String trace) {}
