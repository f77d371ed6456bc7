/**
 * A task from its submission to its end: what a client asks for, the events that it hears, the record that it reads. Values,
 * checked when they are made, for any thread. Knows the forms of errors and JSON, and nothing of who runs a task.
 */
@NullMarked
package dev.rbees.api.task;

import org.jspecify.annotations.NullMarked;
