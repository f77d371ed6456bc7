/**
 * The one SSH client, for the operator and for the orchestrator: hosts are checked against known_hosts, keys come from the
 * agent or from files, and remote words are quoted in one place. Calls block their thread until the other machine answers or
 * a limit passes; the library's own threads end with {@link dev.rbees.remote.SshConnections}. No other package knows the
 * library.
 */
@NullMarked
package dev.rbees.remote;

import org.jspecify.annotations.NullMarked;
