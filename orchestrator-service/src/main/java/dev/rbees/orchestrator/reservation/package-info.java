/**
 * What tasks that have not ended may still take of a budget of tokens. Owned by whoever counts the budget, on its threads and under
 * its lock. Knows nothing of the rest of the orchestrator.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.orchestrator.reservation;
