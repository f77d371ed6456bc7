/**
 * From event logs to readers, live or from the record, at the pace of each reader.
 *
 * <p>
 * A reader belongs to the event loop of its connection; pages of logs that have ended are read on {@code boundedElastic}. May
 * know event logs; never tasks, the core or the store.
 */
package dev.rbees.orchestrator.relay;
