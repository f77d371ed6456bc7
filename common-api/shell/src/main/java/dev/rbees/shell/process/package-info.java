/**
 * Programs of this installation that run in the background: where they are, how they are started so that they outlive whoever
 * starts them, by what they are known again, and what they have written. Calls block their thread on the disk.
 */
@NullMarked
package dev.rbees.shell.process;

import org.jspecify.annotations.NullMarked;
