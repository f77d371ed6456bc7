/**
 * The machines of the operator, reached over SSH: runs rbees-pool there and lets its output through without terminal
 * commands. Blocks the main thread; output is passed on by threads of the SSH library.
 */
@NullMarked
package dev.rbees.ctl.host;

import org.jspecify.annotations.NullMarked;
