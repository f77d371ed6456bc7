/**
 * Between the core and the world: the way in, commands to the core, effects of it, and tasks as others see them.
 *
 * <p>
 * Commands are taken by the thread {@code control}, effects are executed by {@code effects}, and unfinished tasks of the record
 * are taken up by {@code adoption}; all else may be called from any thread. Decides nothing: that is the core's. May know the
 * store, dispatch, quotas and audit; never the web, Spring or Reactor.
 */
package dev.rbees.orchestrator.control;
