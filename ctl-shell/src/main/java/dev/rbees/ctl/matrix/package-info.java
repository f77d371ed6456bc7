/**
 * Which models run on which machines: each model is started there on each backend, asked, and stopped again, and what came of it
 * becomes a page. On the thread of the command, with one thread more for what has a time limit.
 */
@NullMarked
package dev.rbees.ctl.matrix;

import org.jspecify.annotations.NullMarked;
