/**
 * An orchestrator that does not lead: it hands requests on to the one that does, and waits to take over.
 *
 * <p>
 * Looks for the leader on the main thread; what is handed on runs on event loops, which must not wait. May know leadership in
 * the store, and nothing of tasks, workers or the core.
 */
package dev.rbees.orchestrator.cluster;
