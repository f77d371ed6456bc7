/**
 * The durable record: tasks, event logs, tenants, sessions and models, in SQLite or PostgreSQL, and which of several
 * orchestrators may write it.
 *
 * <p>
 * The thread {@code store-writer} owns the writing connection and runs the callbacks of commits; {@code journal-sync},
 * {@code journal-archive}, {@code retention} and {@code leader-beat} tend what lies on the disk. Writes may be handed in by any
 * thread; reads block and must not be called from an event loop. Nobody else knows SQL.
 */
package dev.rbees.orchestrator.store;
