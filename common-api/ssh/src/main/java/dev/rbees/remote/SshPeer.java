package dev.rbees.remote;

/**
 * Who is at the other end of a connection, as the SSH configuration and the login have shown it.
 *
 * @param host name or address that was dialled
 * @param port of its sshd
 * @param user who logged in
 * @param hostKey the key that it showed and that was trusted, as {@code known_hosts} has it: {@code type base64}
 */
public record SshPeer(String host, int port, String user, String hostKey) {}
