/**
 * Who waits, in which order and since when: model queues, fair-share clocks, permits, throughput.
 *
 * <p>
 * The queue is changed by the thread {@code control} alone, which is checked; what it publishes never changes and is for every
 * thread, as are permits and throughput. Knows no task but as a value that waits.
 */
package dev.rbees.orchestrator.queue;
