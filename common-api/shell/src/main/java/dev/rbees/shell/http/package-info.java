/**
 * How the command lines speak HTTP to programs of rbees: one request at a time, on the thread that asks, which waits for the
 * answer. It knows addresses, tokens and the shape of our errors, and nothing of tasks or workers. Plain Java: the JDK's oldest
 * client starts much faster than any other.
 */
@NullMarked
package dev.rbees.shell.http;

import org.jspecify.annotations.NullMarked;
