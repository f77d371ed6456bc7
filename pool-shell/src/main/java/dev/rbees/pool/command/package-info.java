/**
 * The commands of rbees-pool: each reads its options, calls the part that does the work, and prints. On the main thread;
 * stopping many workers takes a virtual thread for each. Nobody uses this package but the program.
 */
@NullMarked
package dev.rbees.pool.command;

import org.jspecify.annotations.NullMarked;
