package dev.rbees.remote;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One machine on the way to another, the last is that one itself.
 *
 * @param name as the user or the configuration names it
 * @param config what the configuration says about it
 * @param hostKeys that are trusted for it
 * @param keyFile a private key that is offered before any other
 * @param identityFiles private keys that the configuration names
 */
record SshHop(RemoteHost name, SshHostConfig config, KnownHosts hostKeys, Optional<Path> keyFile,
        List<Path> identityFiles) {

    SshHop {
        identityFiles = List.copyOf(identityFiles);
    }
}
