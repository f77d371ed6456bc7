/**
 * May a task enter? The gate that closes at the end, and the questions about model, deadline and context.
 *
 * <p>
 * Any thread asks, and nothing waits. What a worker has to count comes on a thread of the dispatcher. May know the fleet, the
 * known models, throughput, and whether the record can be written; never the web or Spring.
 */
package dev.rbees.orchestrator.admission;
