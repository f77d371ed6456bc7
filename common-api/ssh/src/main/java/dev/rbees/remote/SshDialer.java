package dev.rbees.remote;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.forward.ExplicitPortForwardingTracker;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * Logs in on a machine, over others where the configuration says so. Where a person has to be asked, the connection is given
 * up first and made anew with the answer, so that neither side's clock runs while somebody thinks.
 */
final class SshDialer {

    private static final String LOOPBACK = "127.0.0.1";

    private final SshSettings settings;
    private final DialingClient client;
    private final KeyRing ring = new KeyRing();
    private final ReentrantLock asking = new ReentrantLock();

    SshDialer(SshSettings settings, DialingClient client) {
        this.settings = settings;
        this.client = client;
    }

    SshLink login(SshTarget target) {
        List<ClientSession> sessions = new ArrayList<>();
        try {
            ClientSession last = null;
            SshHop end = null;
            for (SshHop hop : new SshRoute(settings).to(target)) {
                last = login(hop, last);
                sessions.add(last);
                end = hop;
            }
            if (last == null || end == null) {
                throw new RbeesException(ErrorCode.INTERNAL, "the way to " + target.host() + " has no end");
            }
            tie(sessions);
            return new SshLink(last, new SshFailures(target.host(), settings.patience(), null),
                    peer(end, last.getServerKey()));
        } catch (RuntimeException e) {
            sessions.forEach(session -> session.close(true));
            throw e;
        }
    }

    private static SshPeer peer(SshHop hop, PublicKey shown) {
        PublicKey key = shown instanceof OpenSshCertificate certificate ? certificate.getCertPubKey() : shown;
        return new SshPeer(hop.config().hostName(), hop.config().port(), hop.config().user(), PublicKeyEntry.toString(key));
    }

    /** The sessions of one way end together. */
    private static void tie(List<ClientSession> sessions) {
        for (int i = 1; i < sessions.size(); i++) {
            ClientSession near = sessions.get(i - 1);
            ClientSession far = sessions.get(i);
            near.addCloseFutureListener(_ -> far.close(true));
            far.addCloseFutureListener(_ -> near.close(false));
        }
    }

    private ClientSession login(SshHop hop, @Nullable ClientSession through) {
        while (true) {
            try (Identities identities = Identities.collect(hop, settings, ring, settings.dialogue().isPresent())) {
                LoginAttempt attempt = new LoginAttempt(hop, identities);
                SshFailures failures = new SshFailures(hop.name(), settings.patience(), identities);
                try {
                    return attempt(attempt, hop, through);
                } catch (IOException | RuntimeException e) {
                    if (e instanceof IOException io && RemoteRun.isInterruption(io)) {
                        Thread.currentThread().interrupt();
                        throw failures.cancelled();
                    }
                    if (!isHelped(attempt, hop)) {
                        throw failures.connecting(e);
                    }
                }
            }
        }
    }

    private ClientSession attempt(LoginAttempt attempt, SshHop hop, @Nullable ClientSession through) throws IOException {
        ClientSession session = through == null ? dial(attempt, hop) : dialThrough(attempt, hop, through);
        try {
            session.auth().verify(settings.patience());
            return session;
        } catch (IOException | RuntimeException e) {
            session.close(true);
            throw e;
        }
    }

    /** why: a name may have several addresses of which only some can be reached. */
    private ClientSession dial(LoginAttempt attempt, SshHop hop) throws IOException {
        InetAddress[] addresses = InetAddress.getAllByName(hop.config().hostName());
        for (int i = 0;; i++) {
            try {
                return dial(attempt, hop, addresses[i].getAddress(), hop.config().port());
            } catch (IOException e) {
                if (i == addresses.length - 1 || RemoteRun.isInterruption(e)) {
                    throw e;
                }
            }
        }
    }

    private ClientSession dialThrough(LoginAttempt attempt, SshHop hop, ClientSession through) throws IOException {
        ExplicitPortForwardingTracker forward = through.createLocalPortForwardingTracker(
                new SshdSocketAddress(LOOPBACK, 0),
                new SshdSocketAddress(hop.config().hostName(), hop.config().port()));
        return dial(attempt, hop, new byte[] {127, 0, 0, 1}, forward.getBoundAddress().getPort());
    }

    private ClientSession dial(LoginAttempt attempt, SshHop hop, byte[] address, int port) throws IOException {
        String name = hop.config().hostKeyAlias().isEmpty() ? hop.config().hostName() : hop.config().hostKeyAlias();
        Duration patience = settings.patience();
        return client
                .dial(attempt, hop.config().user(), new InetSocketAddress(InetAddress.getByAddress(name, address), port))
                .verify(patience).getClientSession();
    }

    /** Asks the person what the attempt has failed for; true when another attempt is worth it. */
    private boolean isHelped(LoginAttempt attempt, SshHop hop) {
        SshDialogue dialogue = settings.dialogue().orElse(null);
        if (dialogue == null) {
            return false;
        }
        asking.lock();
        try {
            if (attempt.unknownKey().isPresent()) {
                return !hop.config().strictHostKeys() && acceptsHostKey(dialogue, hop, attempt.unknownKey().get());
            }
            attempt.identities().locked().ifPresent(file -> ring.unlock(file, dialogue));
            return attempt.identities().locked().isPresent();
        } finally {
            asking.unlock();
        }
    }

    private static boolean acceptsHostKey(SshDialogue dialogue, SshHop hop, PublicKey offered) {
        KnownHosts known = hop.hostKeys();
        // why: while we waited for our turn somebody may have answered the same question
        if (known.check(offered) == KnownHosts.Verdict.TRUSTED) {
            return true;
        }
        PublicKey key = offered instanceof OpenSshCertificate certificate
                ? certificate.getCertPubKey()
                : offered;
        boolean isAccepted = dialogue.acceptHostKey(known.shown(), KeyUtils.getKeyType(key), KeyUtils.getFingerPrint(key));
        if (isAccepted) {
            known.add(key, hop.config().hashKnownHosts());
        }
        return isAccepted;
    }
}
