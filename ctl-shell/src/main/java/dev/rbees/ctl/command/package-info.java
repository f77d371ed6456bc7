/**
 * The commands of rbees: each reads its options, calls the part that does the work, and prints. On the main thread. Nobody
 * uses this package but the program.
 */
@NullMarked
package dev.rbees.ctl.command;

import org.jspecify.annotations.NullMarked;
