/**
 * The libraries by which workers compute on graphics cards: which are here, what they lack, and how they come from the Python
 * package index into {@code RBEES_HOME/backends}. A set of libraries is there as a whole or not at all.
 */
@NullMarked
package dev.rbees.pool.backend;

import org.jspecify.annotations.NullMarked;
