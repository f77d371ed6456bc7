package dev.rbees.remote;

import java.util.List;
import java.util.Optional;

/**
 * What the SSH configuration says about one host, as {@code ssh -G} would print it: patterns are decided, tokens in file names
 * are not yet put in.
 *
 * @param original the name that was asked for
 * @param hostName to dial
 * @param port of its sshd
 * @param user to log in as
 * @param identityFiles in the order in which they are offered; empty means the usual ones
 * @param identitiesOnly whether the agent's other keys stay unused
 * @param userKnownHosts files of known host keys, the first takes new ones
 * @param globalKnownHosts files of known host keys of the machine
 * @param hostKeyAlias under which the host stands in those files instead, empty for none
 * @param proxyJump hosts on the way, {@code [user@]host[:port]}, the nearest to us first
 * @param identityAgent the agent's socket if it is not that of the environment
 * @param strictHostKeys whether the user has forbidden to be asked about unknown host keys
 * @param hashKnownHosts whether new host names are written so that nobody can read them
 */
record SshHostConfig(String original, String hostName, int port, String user, List<String> identityFiles,
        boolean identitiesOnly, List<String> userKnownHosts, List<String> globalKnownHosts, String hostKeyAlias,
        List<String> proxyJump, Optional<String> identityAgent, boolean strictHostKeys, boolean hashKnownHosts) {

    static final int USUAL_PORT = 22;

    SshHostConfig {
        identityFiles = List.copyOf(identityFiles);
        userKnownHosts = List.copyOf(userKnownHosts);
        globalKnownHosts = List.copyOf(globalKnownHosts);
        proxyJump = List.copyOf(proxyJump);
    }
}
