/** The worker processes of this machine: started, watched and stopped; their records and logs. */
@NullMarked
package dev.rbees.pool.process;

import org.jspecify.annotations.NullMarked;
