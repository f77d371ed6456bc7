/**
 * What may be wrong with this machine and how it is mended: many small checks, run at the same time, each for a bounded time.
 * They change nothing.
 */
@NullMarked
package dev.rbees.pool.doctor;

import org.jspecify.annotations.NullMarked;
