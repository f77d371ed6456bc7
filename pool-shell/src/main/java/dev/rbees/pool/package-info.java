/**
 * rbees-pool, the CLI of one machine: facts and levers, no decisions. It starts, does one thing on the main thread, and
 * ends; workers that it started live on without it.
 */
@NullMarked
package dev.rbees.pool;

import org.jspecify.annotations.NullMarked;
