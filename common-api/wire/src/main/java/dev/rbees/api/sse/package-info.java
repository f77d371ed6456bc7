/**
 * Server-sent events as they are read: bytes in, events out. A parser belongs to one thread at a time, keeps one line and one
 * event, and never blocks. It knows the standard and nothing of what our events mean.
 */
@NullMarked
package dev.rbees.api.sse;

import org.jspecify.annotations.NullMarked;
