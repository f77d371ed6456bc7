/**
 * Which task goes to which worker: a pure function of the queue and the candidates, without a clock, input or output.
 *
 * <p>
 * Called on the thread {@code control}; all that it is given and gives never changes. Knows the model queue, and neither tasks
 * nor the fleet.
 */
package dev.rbees.orchestrator.scheduling;
