/**
 * Sessions that somebody made, and what their tasks may still take.
 *
 * <p>
 * Any thread; one lock, and the store is told after it is released. May know the records of tasks and token reservations; never
 * the core, the store's tables or Spring.
 */
package dev.rbees.orchestrator.session;
