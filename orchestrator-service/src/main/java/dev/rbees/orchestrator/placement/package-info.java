/**
 * Which machine starts which model, and which worker has to make room: pure decisions over what pools say of themselves, and the table
 * of pools that they are made from.
 *
 * <p>
 * Called on the thread {@code control}. Knows neither tasks nor the fleet; {@code core} brings what it needs of both, and carries its
 * decisions on as effects.
 */
package dev.rbees.orchestrator.placement;
