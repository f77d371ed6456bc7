package dev.rbees.orchestrator.embedding;

import java.util.concurrent.CompletableFuture;

import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;

/** Asks one worker for embeddings. */
@FunctionalInterface
public interface Embedder {

    /** Fails with the worker's code, or WORKER_UNAVAILABLE. One that is cancelled is left. */
    CompletableFuture<EmbeddingAnswer> embed(String endpoint, EmbeddingRequest request, String correlationId);
}
