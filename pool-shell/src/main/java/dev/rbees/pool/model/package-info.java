/**
 * Models on this machine: the catalog of the version and that of the machine, where files come from, downloads that resume and are
 * checked, the import of what somebody has already, and the lock file of digests. Calls block on disk and network; two downloads of
 * one model wait for each other, also between processes. Knows nothing of commands and terminals: progress and notes go to what the
 * caller hands in.
 */
@NullMarked
package dev.rbees.pool.model;

import org.jspecify.annotations.NullMarked;
