/**
 * The shell around our commands: argv and typed lines to commands, help, errors and exit codes. Both CLIs use it; what a
 * command does is not its business.
 */
@NullMarked
package dev.rbees.shell;

import org.jspecify.annotations.NullMarked;
