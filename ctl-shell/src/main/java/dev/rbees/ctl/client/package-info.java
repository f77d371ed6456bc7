/** HTTP to the orchestrator and to workers: requests, their errors, and event streams. */
@NullMarked
package dev.rbees.ctl.client;

import org.jspecify.annotations.NullMarked;
