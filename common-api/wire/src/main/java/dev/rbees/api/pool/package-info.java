/**
 * What one machine says of itself: its models, worker processes, memory, disk and devices. Values that rbees-pool prints and
 * others read; for any thread.
 */
@NullMarked
package dev.rbees.api.pool;

import org.jspecify.annotations.NullMarked;
