/**
 * The orchestrator of this installation as a program in the background of this machine: started, known again, ended. What is
 * known of it is in a file, and a pid is trusted only with its start time. On the thread of the command.
 */
@NullMarked
package dev.rbees.ctl.daemon;

import org.jspecify.annotations.NullMarked;
