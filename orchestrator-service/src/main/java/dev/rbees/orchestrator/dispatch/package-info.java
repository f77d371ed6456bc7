/**
 * HTTP with workers: attempts, counting tokens, embeddings. Nothing that a worker says is believed before it was checked here.
 *
 * <p>
 * Attempts speak on the event loop of their connection, whole answers come on Reactor's parallel scheduler; no method blocks.
 * May know the wire types; never tasks, the core or the record.
 */
package dev.rbees.orchestrator.dispatch;
