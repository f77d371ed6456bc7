package dev.rbees.orchestrator.admission;

import java.util.concurrent.CompletableFuture;

import dev.rbees.api.task.Priority;

/** Gives up a task that waits, so that a new one finds room. */
@FunctionalInterface
public interface Eviction {

    /** Whether one was given up for a task of that class. */
    CompletableFuture<Boolean> makeRoom(Priority newcomer);
}
