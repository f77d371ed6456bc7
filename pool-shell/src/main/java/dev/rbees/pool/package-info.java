/** rbees-pool: models, worker processes and facts of one machine. */
@NullMarked
package dev.rbees.pool;

import org.jspecify.annotations.NullMarked;
