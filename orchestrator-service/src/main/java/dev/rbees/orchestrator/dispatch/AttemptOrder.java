package dev.rbees.orchestrator.dispatch;

import java.time.Instant;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.GenerationRequest;

/**
 * What one worker is asked to do. The first token that it may send is the one behind {@link GenerationRequest#resumed}, the last one is
 * given by {@code max_tokens}, or else by the context.
 *
 * @param workerId which worker
 * @param endpoint base address of the worker
 * @param request the work
 * @param contextLength positions that a slot of this worker holds, at least 1
 * @param vocabularySize of the worker's model: ids of tokens are below it; null when it is not known
 * @param deadline when it must have ended, null for never
 * @param correlationId of the request that handed the task in
 * @param trace where that request stood in a distributed trace, as the header {@code traceparent} says it, null for none
 * @param loop the event loop on which the answer is best read, because its reader is there; null for any
 */
public record AttemptOrder(String workerId, String endpoint, GenerationRequest request, int contextLength,
        @Nullable Integer vocabularySize, @Nullable Instant deadline, String correlationId, @Nullable String trace,
        @Nullable Executor loop) {

    /** What the worker may answer. */
    AttemptLimits limits() {
        return AttemptLimits.of(request, contextLength, vocabularySize);
    }
}
