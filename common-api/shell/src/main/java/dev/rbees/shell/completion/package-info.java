/**
 * The words with which a command line may go on: as scripts for the shells of the system, and for the interactive shell. Knows
 * what commands take and where this machine's models and workers lie; runs nothing. On the thread of the command.
 */
@NullMarked
package dev.rbees.shell.completion;

import org.jspecify.annotations.NullMarked;
