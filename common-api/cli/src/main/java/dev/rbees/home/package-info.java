/**
 * The environment, and the files under RBEES_HOME: which there are, who may read them, and how they are written in one
 * piece; and programs of the machine that are asked something. Calls block on the disk and on those programs, so they belong
 * on no event loop. Files of other users and loose modes are refused, with advice.
 */
@NullMarked
package dev.rbees.home;

import org.jspecify.annotations.NullMarked;
