/**
 * Worker processes of this machine: started, watched until they are ready, listed, stopped. What is known of them is in
 * files, so that the next run of rbees-pool knows it; a pid is trusted only with its start time. Calls block their thread,
 * each with a limit.
 */
@NullMarked
package dev.rbees.pool.process;

import org.jspecify.annotations.NullMarked;
