package dev.rbees.remote;

import java.nio.file.Path;
import java.util.Optional;

/** Questions to the person at the terminal. They come one at a time, on the thread that asked for the connection. */
public interface SshDialogue {

    /**
     * Whether a machine that was never seen before is the right one.
     *
     * @param host as it will stand in known_hosts
     * @param keyType of its key, such as {@code ssh-ed25519}
     * @param fingerprint of its key, {@code SHA256:…}
     */
    boolean acceptHostKey(String host, String keyType, String fingerprint);

    /**
     * The passphrase of a private key. It is overwritten after use.
     *
     * @param keyFile that holds the key
     * @param wrongBefore how many passphrases of this file were wrong before
     * @return empty when the person gives none
     */
    Optional<char[]> passphrase(Path keyFile, int wrongBefore);
}
