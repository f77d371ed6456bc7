/**
 * Programs of rbees as a command uses them: a worker that is asked for an answer, the answer's text printed safely as it comes, and
 * what goes wrong on the way told with advice. Calls block the calling thread, each with a limit on silence.
 */
@NullMarked
package dev.rbees.shell.client;

import org.jspecify.annotations.NullMarked;
