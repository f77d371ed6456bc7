/**
 * The orchestrator and workers over HTTP: tasks are handed in, watched to their end over broken connections, and their text
 * is printed safely. Calls block the main thread, each with a limit on silence. Knows wire types and the client of the
 * shell, and no command.
 */
@NullMarked
package dev.rbees.ctl.client;

import org.jspecify.annotations.NullMarked;
