package dev.rbees.api.operations;

import java.util.List;

/**
 * How the orchestrator is, as {@code /v2/health} says it.
 *
 * @param status as in {@link OrchestratorHealth}
 * @param uptimeSeconds since the process began
 * @param pools that are registered
 */
public record Uptime(String status, long uptimeSeconds, List<String> pools) {}
