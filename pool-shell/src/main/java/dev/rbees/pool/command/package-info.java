/** The commands of rbees-pool: each reads its options, calls the part that does the work, and prints. */
@NullMarked
package dev.rbees.pool.command;

import org.jspecify.annotations.NullMarked;
