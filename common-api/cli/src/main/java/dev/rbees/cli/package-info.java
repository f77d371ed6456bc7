/**
 * The words of a command line: what a command takes, how words are sorted into options and arguments, and text that is safe
 * for a terminal. Nothing here prints, exits or keeps state; for any thread.
 */
@NullMarked
package dev.rbees.cli;

import org.jspecify.annotations.NullMarked;
