/**
 * Every way a request can be refused or a task can fail, and what each means over HTTP and as an exit code. The lowest
 * package of all: it knows no other one of ours. For any thread.
 */
@NullMarked
package dev.rbees.api.error;

import org.jspecify.annotations.NullMarked;
