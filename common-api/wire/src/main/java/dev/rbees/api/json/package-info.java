/**
 * How values become JSON and are read from it, and the one way to read the fields of a request so that all its problems are
 * told at once. Pure functions for any thread; texts are bounded before they are parsed. Knows Jackson and {@code api.error}
 * alone.
 */
@NullMarked
package dev.rbees.api.json;

import org.jspecify.annotations.NullMarked;
