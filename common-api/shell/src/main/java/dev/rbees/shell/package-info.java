/**
 * The shell around the commands of both CLIs: argv and typed lines to commands, help, errors and exit codes. Everything runs
 * on the main thread but {@link dev.rbees.shell.Farewell}, whose line is said by a hook while the program ends. What a
 * command does is not its business; nobody else knows Spring Shell and JLine.
 */
@NullMarked
package dev.rbees.shell;

import org.jspecify.annotations.NullMarked;
