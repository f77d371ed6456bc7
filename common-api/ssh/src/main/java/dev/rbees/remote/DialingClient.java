package dev.rbees.remote;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.PublicKeyIdentity;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKey;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.future.ConnectFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.SignatureFactoriesManager;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.ForwardingFilter;
import org.apache.sshd.server.forward.TcpForwardingFilter;

/** The library's client, told to ask our {@link LoginAttempt} about keys and to read no configuration of its own. */
final class DialingClient extends SshClient {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int MISSED_HEARTBEATS = 2;

    /** @param patience for a connection */
    static DialingClient start(Duration patience) {
        DialingClient client = (DialingClient) ClientBuilder.builder().factory(DialingClient::new)
                .hostConfigEntryResolver((_, _, _, _, _, _) -> null)
                .serverKeyVerifier((session, _, key) -> {
                    LoginAttempt.of(session).checkHostKey(key);
                    return true;
                })
                .filePasswordProvider(FilePasswordProvider.EMPTY)
                // why: what a server may connect to here is only what forwardFrom has opened; the library looks that up
                .forwardingFilter(ForwardingFilter.asForwardingFilter(null, null, OwnForwards.INSTANCE)).build();
        StrongAlgorithms.apply(client);
        client.setUserAuthFactories(List.of(new Publickey()));
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.addSessionListener(new HostKeyOrder());
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, MISSED_HEARTBEATS);
        CoreModuleProperties.IO_CONNECT_TIMEOUT.set(client, patience);
        // why: a quiet command may run for hours, and a dead link is noticed by the heartbeat
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        // why: as with ssh, a certificate that is not valid for the host leaves its plain key, which must then be known
        CoreModuleProperties.ABORT_ON_INVALID_CERTIFICATE.set(client, false);
        client.start();
        return client;
    }

    /**
     * Dials a machine.
     *
     * @param address whose host string is the name that a certificate must be for
     */
    ConnectFuture dial(LoginAttempt attempt, String user, InetSocketAddress address) throws IOException {
        return doConnect(user, address, attempt.context(), null, KeyIdentityProvider.EMPTY_KEYS_PROVIDER,
                new HostConfigEntry());
    }

    /** Offers the keys of the attempt. */
    private static final class Publickey extends UserAuthPublicKeyFactory {
        @Override
        public UserAuthPublicKey createUserAuth(ClientSession session) {
            return new UserAuthPublicKey(getSignatureFactories()) {
                @Override
                protected Iterator<PublicKeyIdentity> createPublicKeyIterator(ClientSession client,
                        SignatureFactoriesManager signatures) {
                    return LoginAttempt.of(client).identities().offer(client, signatures);
                }
            };
        }
    }

    /** Ports that the server has opened because we asked for it, and nothing else. */
    private enum OwnForwards implements TcpForwardingFilter {
        INSTANCE;

        @Override
        public boolean canListen(SshdSocketAddress address, Session session) {
            return false;
        }

        @Override
        public boolean canConnect(Type type, SshdSocketAddress address, Session session) {
            return type == Type.Forwarded;
        }
    }

    /** why: a server has keys of several types, and only one of a type that is known can be checked. */
    private static final class HostKeyOrder implements SessionListener {
        @Override
        public void sessionNegotiationOptionsCreated(Session session, Map<KexProposalOption, String> proposal) {
            List<String> offered = List.of(proposal.getOrDefault(KexProposalOption.SERVERKEYS, "").split(",", -1));
            proposal.put(KexProposalOption.SERVERKEYS, String.join(",", LoginAttempt.of(session).hostKeyOrder(offered)));
        }
    }
}
