package dev.rbees.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

import org.apache.sshd.client.config.keys.ClientIdentityLoader;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.io.resource.PathResource;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * Private keys in files: those that the configuration names, and the usual ones of {@code ~/.ssh}. Keys with a passphrase are
 * left to the agent; they are remembered for the message when the login fails.
 */
final class KeyFiles implements ClientIdentityLoader, KeyIdentityProvider {

    private static final List<String> USUAL = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    private final Path folder;
    private final Set<String> unusable = new ConcurrentSkipListSet<>();

    KeyFiles(Path folder) {
        this.folder = folder;
    }

    /** The files that hold a key which we could not use. */
    Set<String> unusable() {
        return Collections.unmodifiableSet(unusable);
    }

    @Override
    public Iterable<KeyPair> loadKeys(SessionContext session) {
        List<KeyPair> keys = new ArrayList<>();
        for (String name : USUAL) {
            load(session, folder.resolve(name)).forEach(keys::add);
        }
        return keys;
    }

    @Override
    public boolean isValidLocation(NamedResource location) {
        return location instanceof PathResource path && Files.isReadable(path.getPath());
    }

    @Override
    public Iterable<KeyPair> loadClientIdentities(SessionContext session, NamedResource location,
            FilePasswordProvider passwords) {
        return location instanceof PathResource path ? load(session, path.getPath()) : List.of();
    }

    /** The key of a file, or none. */
    Iterable<KeyPair> load(SessionContext session, Path file) {
        if (!Files.isReadable(file)) {
            return List.of();
        }
        try {
            Iterable<KeyPair> keys = SecurityUtils.loadKeyPairIdentities(session, new PathResource(file),
                    Files.newInputStream(file), FilePasswordProvider.EMPTY);
            if (keys != null) {
                return keys;
            }
        } catch (IOException | GeneralSecurityException | RuntimeException _) {
            // a passphrase, or no key at all: told when no other key is accepted
        }
        unusable.add(file.toString());
        return List.of();
    }
}
