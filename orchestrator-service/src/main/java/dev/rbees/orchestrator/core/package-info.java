/**
 * Every decision about tasks and workers, as pure transitions: {@code (state, command, now) → (state, effects)}. The state is touched
 * by nothing but {@link dev.rbees.orchestrator.core.Core#handle}, on the thread {@code control}; there is no clock, no input or
 * output, no lock and nothing that waits. What is to be done outside is said in effects, which {@code control} executes afterwards.
 *
 * <p>
 * {@link dev.rbees.orchestrator.core.TaskTransitions} is the life of a task from top to bottom, {@code WorkerTransitions} that of a
 * worker. May know tasks, the queue, scheduling and the fleet; never the store, the network or the web.
 */
package dev.rbees.orchestrator.core;
