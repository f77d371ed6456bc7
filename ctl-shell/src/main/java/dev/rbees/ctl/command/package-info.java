/** The commands of rbees: each reads its options, calls the part that does the work, and prints. */
@NullMarked
package dev.rbees.ctl.command;

import org.jspecify.annotations.NullMarked;
