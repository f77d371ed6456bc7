package dev.rbees.api.operations;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What an orchestrator can do.
 *
 * @param version of rbees
 * @param features by their names
 * @param limits of what may be asked
 */
public record OrchestratorCapabilities(String version, List<String> features, Limits limits) {

    /**
     * @param maxContextLength of the models that are known
     * @param queueCapacity tasks that may wait; null for any number
     */
    public record Limits(int maxContextLength, @Nullable Integer queueCapacity) {}
}
