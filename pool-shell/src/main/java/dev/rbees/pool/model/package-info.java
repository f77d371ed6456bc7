/** The models of this machine: which there are, and how their files get here. */
@NullMarked
package dev.rbees.pool.model;

import org.jspecify.annotations.NullMarked;
