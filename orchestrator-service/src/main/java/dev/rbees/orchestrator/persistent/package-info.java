/**
 * Maps that never change but share what they have in common with their successors, so that any thread may read one without a
 * lock. Knows nothing of the rest of rbees.
 */
package dev.rbees.orchestrator.persistent;
