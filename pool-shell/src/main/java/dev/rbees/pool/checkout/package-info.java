/**
 * Pools that run from a checkout of rbees: what is checked out, newer versions, building them, and what building needs. Others
 * have nothing to do with it. Blocks on programs of the machine; for any thread.
 */
@NullMarked
package dev.rbees.pool.checkout;

import org.jspecify.annotations.NullMarked;
