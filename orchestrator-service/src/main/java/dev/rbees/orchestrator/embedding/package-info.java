/**
 * Embeddings: asked for, waited for and answered in one request, without a task.
 *
 * <p>
 * Runs on the virtual thread of the request, which waits for a slot and for the worker. May know the fleet, known models, the
 * gate and tenants; never the core, the queue or Spring.
 */
package dev.rbees.orchestrator.embedding;
