/**
 * What goes on behind an orchestrator, at one look: asked for again and again, reckoned into rates, and laid out for a screen. On the
 * thread of the command; only {@link dev.rbees.ctl.top.Observer} asks anybody.
 */
@NullMarked
package dev.rbees.ctl.top;

import org.jspecify.annotations.NullMarked;
