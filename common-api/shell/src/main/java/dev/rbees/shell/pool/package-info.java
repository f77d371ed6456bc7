/**
 * The words of rbees-pool: what it calls its commands and what each takes. rbees-pool runs them, rbees sends them to other
 * machines, so both read them here. Values without state, for any thread; nothing here knows how a command works.
 */
@NullMarked
package dev.rbees.shell.pool;

import org.jspecify.annotations.NullMarked;
