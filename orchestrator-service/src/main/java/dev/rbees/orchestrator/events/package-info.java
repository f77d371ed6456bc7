/**
 * The log of a task, where writing and reading meet: written first, shown afterwards.
 *
 * <p>
 * Any thread writes and reads under the log's lock, which is never held while anything waits. Readers are woken outside of it,
 * on the thread that wrote, and must not hold that up. Knows nothing of the rest but the events of the wire.
 */
package dev.rbees.orchestrator.events;
