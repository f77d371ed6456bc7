/**
 * Machines that may run workers: which there are, what they say of themselves, and how workers are started and stopped there. What
 * blocks runs on virtual threads of this package, never on those that decide; what comes of it goes to the core as a command.
 */
@NullMarked
package dev.rbees.orchestrator.pool;

import org.jspecify.annotations.NullMarked;
