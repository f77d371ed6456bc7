package dev.rbees.orchestrator.embedding;

import java.util.concurrent.CompletableFuture;

import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;

/** Asks one worker for embeddings. */
@FunctionalInterface
public interface Embedder {

    /**
     * Fails with the worker's code, or WORKER_UNAVAILABLE. One that is cancelled is left. Completes on a thread of the transport: who
     * asked waits on a thread of its own and goes on there. What the answer says is the worker's word.
     */
    CompletableFuture<EmbeddingAnswer> embed(String endpoint, EmbeddingRequest request, String correlationId);
}
