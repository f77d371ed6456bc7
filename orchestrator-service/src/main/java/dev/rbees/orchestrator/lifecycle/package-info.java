/**
 * The life of the process: settings, start, leading and standing by, closing in order.
 *
 * <p>
 * Runs on the main thread, which may wait. May know every package but the web; nobody knows it.
 */
package dev.rbees.orchestrator.lifecycle;
