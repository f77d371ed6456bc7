package dev.rbees.orchestrator.admission;

import java.util.concurrent.CompletableFuture;

import dev.rbees.api.task.Prompt;

/** Asks a worker how many tokens a prompt has. */
@FunctionalInterface
public interface TokenCounter {

    /**
     * @param endpoint base address of the worker
     * @return fails when the worker does not say it soon
     */
    CompletableFuture<Integer> countTokens(String endpoint, Prompt prompt);
}
