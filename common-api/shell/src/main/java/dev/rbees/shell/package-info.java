/**
 * The shell around the commands of both CLIs: argv and typed lines to commands, help, errors and exit codes. Everything runs
 * on the main thread but {@link dev.rbees.shell.Farewell}, whose line is said by a hook while the program ends, and the
 * commands of the interactive shell, each of which has a virtual thread for which the main thread waits ({@link
 * dev.rbees.shell.Foreground}). What a command does is not its business; nobody else knows Spring Shell and JLine, and only
 * the interactive shell starts them.
 */
@NullMarked
package dev.rbees.shell;

import org.jspecify.annotations.NullMarked;
