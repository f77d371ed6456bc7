package dev.rbees.api.operations;

/**
 * How the orchestrator is, as {@code /health} says it.
 *
 * @param status {@code ok}, {@code draining}, or {@code storage_unavailable}
 * @param workers that are registered
 * @param pools that are registered
 * @param queueDepth tasks that wait
 */
public record OrchestratorHealth(String status, int workers, int pools, int queueDepth) {}
