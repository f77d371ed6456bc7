package dev.rbees.remote;

import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.sshd.client.auth.pubkey.KeyAgentIdentity;
import org.apache.sshd.client.auth.pubkey.KeyPairIdentity;
import org.apache.sshd.client.auth.pubkey.PublicKeyIdentity;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.signature.SignatureFactoriesManager;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * The keys for one login, in the order in which they are offered: the one that the target names, those of the agent that the
 * configuration names, the agent's others, then the files. A server takes only a few, so the order matters.
 */
final class Identities implements AutoCloseable {

    private static final List<String> USUAL = List.of("id_ed25519", "id_ecdsa", "id_rsa");

    private final @Nullable AgentSocket agent;
    private final List<KeyFile> first = new ArrayList<>();
    private final List<KeyFile> files = new ArrayList<>();
    private final List<Map.Entry<PublicKey, String>> agentKeys = new ArrayList<>();
    private final List<KeyFile> unusable = new ArrayList<>();
    private @Nullable Path locked;

    private Identities(@Nullable AgentSocket agent) {
        this.agent = agent;
    }

    /**
     * Collects the keys.
     *
     * @param canAsk whether somebody can say passphrases; if not, locked files are not offered
     * @throws RbeesException FORBIDDEN when the file that the target names cannot be used
     */
    static Identities collect(SshHop hop, SshSettings settings, KeyRing ring, boolean canAsk) {
        Identities identities = new Identities(agent(hop.config(), settings));
        hop.keyFile().ifPresent(path -> identities.first.add(named(path, ring, canAsk)));
        List<Path> paths = hop.config().identityFiles().isEmpty()
                ? USUAL.stream().map(settings.folder()::resolve).toList()
                : hop.identityFiles();
        for (Path path : paths) {
            ring.read(path).ifPresent(file -> {
                boolean isUsable = switch (file) {
                    case KeyFile.Open _ -> true;
                    case KeyFile.Locked _ -> canAsk && !ring.isGivenUp(path);
                    case KeyFile.PublicHalf _,KeyFile.Unusable _ -> false;
                };
                (isUsable ? identities.files : identities.unusable).add(file);
            });
        }
        identities.askAgent(hop.config().identitiesOnly());
        return identities;
    }

    private static KeyFile named(Path path, KeyRing ring, boolean canAsk) {
        KeyFile file = ring.read(path).orElseGet(() -> new KeyFile.Unusable(path, "is not there"));
        String why = switch (file) {
            case KeyFile.Open _ -> "";
            case KeyFile.Locked _ -> canAsk && !ring.isGivenUp(path) ? "" : "needs its passphrase";
            case KeyFile.PublicHalf _ -> "holds only a public key";
            case KeyFile.Unusable unusable -> unusable.why();
        };
        if (!why.isEmpty()) {
            throw new RbeesException(ErrorCode.FORBIDDEN, "the key file " + path + " " + why);
        }
        return file;
    }

    private static @Nullable AgentSocket agent(SshHostConfig config, SshSettings settings) {
        String named = config.identityAgent().orElse("SSH_AUTH_SOCK");
        if (named.equalsIgnoreCase("none")) {
            return null;
        }
        Optional<Path> socket = named.equals("SSH_AUTH_SOCK") || named.equals("$SSH_AUTH_SOCK")
                ? settings.agent()
                : Optional.of(SshPaths.expanded(named, config, settings.user(), settings.folder()));
        return socket.flatMap(AgentSocket::open).orElse(null);
    }

    private void askAgent(boolean onlyNamed) {
        if (agent == null) {
            return;
        }
        List<Map.Entry<PublicKey, String>> others = new ArrayList<>();
        try {
            for (Map.Entry<PublicKey, String> entry : agent.getIdentities()) {
                boolean isAmongFiles = files.removeIf(file -> isKeyOf(file, entry.getKey()));
                boolean isNamed = unusable.removeIf(file -> isKeyOf(file, entry.getKey())) || isAmongFiles;
                (isNamed ? agentKeys : others).add(entry);
            }
        } catch (IOException _) {
            return; // an agent that does not answer has no keys for us
        }
        if (!onlyNamed) {
            agentKeys.addAll(others);
        }
    }

    private static boolean isKeyOf(KeyFile file, PublicKey key) {
        return switch (file) {
            case KeyFile.Open open -> KeyUtils.compareKeys(open.pair().getPublic(), key);
            case KeyFile.Locked locked -> locked.publicKey().filter(own -> KeyUtils.compareKeys(own, key)).isPresent();
            case KeyFile.PublicHalf half -> KeyUtils.compareKeys(half.key(), key);
            case KeyFile.Unusable _ -> false;
        };
    }

    /** Offers them one after the other, when the library asks for the next. */
    Iterator<PublicKeyIdentity> offer(ClientSession session, SignatureFactoriesManager signatures) {
        List<PublicKeyIdentity> offered = new ArrayList<>();
        first.forEach(file -> offered.add(offer(file, session, signatures)));
        if (agent != null) {
            agentKeys.forEach(entry -> offered.add(new KeyAgentIdentity(agent, entry.getKey(), entry.getValue())));
        }
        files.forEach(file -> offered.add(offer(file, session, signatures)));
        return offered.iterator();
    }

    private PublicKeyIdentity offer(KeyFile file, ClientSession session, SignatureFactoriesManager signatures) {
        return file instanceof KeyFile.Open open
                ? new KeyPairIdentity(signatures, session, open.pair())
                : new LockedIdentity((KeyFile.Locked) file);
    }

    /** The file whose passphrase would have led to the login. */
    Optional<Path> locked() {
        return Optional.ofNullable(locked);
    }

    /** What to say about files that hold a key which was not offered. */
    List<KeyFile> unusable() {
        return List.copyOf(unusable);
    }

    @Override
    public void close() {
        if (agent != null) {
            try {
                agent.close();
            } catch (IOException _) {
                // it is gone
            }
        }
    }

    /**
     * A key of which only the public half is known yet. The server says whether it would accept it; only then is the
     * passphrase asked for, by the thread that waits for the login.
     */
    private final class LockedIdentity implements PublicKeyIdentity {

        private final KeyFile.Locked file;

        LockedIdentity(KeyFile.Locked file) {
            this.file = file;
        }

        @Override
        public KeyPair getKeyIdentity() {
            return new KeyPair(file.publicKey().orElseThrow(this::needed), null);
        }

        @Override
        public Map.Entry<String, byte[]> sign(SessionContext session, String algorithm, byte[] data) {
            throw needed();
        }

        private IllegalStateException needed() {
            locked = file.path();
            return new IllegalStateException("the passphrase of " + file.path() + " is needed");
        }
    }
}
