package dev.rbees.remote;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A machine to connect to, and how it and we are known to each other.
 *
 * @param host as the user names it
 * @param hostKeys lines {@code type base64}: the only keys that its sshd may have; empty means that known_hosts decides
 * @param keyFile a private key that is offered before any other
 */
public record SshTarget(RemoteHost host, List<String> hostKeys, Optional<Path> keyFile) {

    public SshTarget {
        hostKeys = List.copyOf(hostKeys);
    }

    /** A machine of which the user's own SSH files know all there is to know. */
    public static SshTarget of(RemoteHost host) {
        return new SshTarget(host, List.of(), Optional.empty());
    }
}
