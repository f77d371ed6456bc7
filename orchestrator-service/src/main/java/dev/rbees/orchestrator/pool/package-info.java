/** Which machines may run workers: those of a file, those that were registered, and this one; for any thread. */
@NullMarked
package dev.rbees.orchestrator.pool;

import org.jspecify.annotations.NullMarked;
