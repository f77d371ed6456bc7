/** Time: of the day, to be written down, and steady, to measure by. Knows nothing of the rest of rbees. */
package dev.rbees.orchestrator.time;
