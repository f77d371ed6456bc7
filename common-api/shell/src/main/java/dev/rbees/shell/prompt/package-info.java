/** What a command asks a model, and how the answer is to be made: the options for it and where the prompt is read from. */
@NullMarked
package dev.rbees.shell.prompt;

import org.jspecify.annotations.NullMarked;
