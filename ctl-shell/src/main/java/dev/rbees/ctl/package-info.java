/**
 * rbees, the operator's CLI: it talks to the orchestrator and to workers over HTTP, and to pools over SSH. It starts, does
 * one thing on the main thread, and ends.
 */
@NullMarked
package dev.rbees.ctl;

import org.jspecify.annotations.NullMarked;
