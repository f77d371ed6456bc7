/**
 * Workers: the fleet and the circuit breakers, whose the ids are, where workers may be, and the models that they brought.
 *
 * <p>
 * The fleet belongs to the thread {@code control}, which is checked; its views, ids and known models are for every thread, each
 * under its own lock or as a value that never changes. May know scheduling, which it feeds; never tasks, the store or the web.
 */
package dev.rbees.orchestrator.worker;
