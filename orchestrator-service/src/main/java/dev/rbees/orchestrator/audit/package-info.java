/**
 * What somebody may have to account for later. Any thread hands an event in and goes on; the thread {@code audit} alone writes them, as
 * a chain of lines under a key of the installation. Knows tasks and callers, as far as it names them.
 */
@org.jspecify.annotations.NullMarked
package dev.rbees.orchestrator.audit;
