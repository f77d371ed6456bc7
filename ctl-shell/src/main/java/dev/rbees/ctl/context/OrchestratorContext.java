package dev.rbees.ctl.context;

import org.jspecify.annotations.Nullable;

/**
 * An orchestrator with a name.
 *
 * @param name what commands call it
 * @param orchestrator its address; several of a cluster with commas
 * @param tokenFile absolute path of the file with the token that it is shown; null for the one of the environment
 * @param caFile absolute path of certificates that are trusted for it; null for those of the environment
 */
public record OrchestratorContext(String name, String orchestrator, @Nullable String tokenFile, @Nullable String caFile) {}
