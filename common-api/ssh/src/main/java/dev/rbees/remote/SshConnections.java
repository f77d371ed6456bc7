package dev.rbees.remote;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionCreator;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.ForwardingFilter;
import org.apache.sshd.server.forward.TcpForwardingFilter;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * Opens connections to other machines. Keys come from the agent and from files, never from a question; host keys must be
 * known; only strong algorithms are spoken. Of the SSH configuration these are read: {@code HostName, Port, User,
 * IdentityFile, IdentitiesOnly, ProxyJump, UserKnownHostsFile, HostKeyAlias, Include}.
 */
public final class SshConnections implements AutoCloseable {

    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final int MISSED_HEARTBEATS = 2;
    private static final Duration IDLE = Duration.ofMinutes(5);

    private final SshSettings settings;
    private final KeyFiles keys;
    private final SshConfigFile config;
    private final SshClient client;
    private final SharedLinks shared;

    /** What is trusted on the way to a machine: its own host keys first, then those of the hosts that are jumped over. */
    private record Trust(List<KnownHosts> hops) {

        static final AttributeRepository.AttributeKey<Trust> KEY = new AttributeRepository.AttributeKey<>();

        static Trust of(Session session) {
            AttributeRepository context = ((ClientSession) session).getConnectionContext();
            Trust trust = context == null ? null : context.getAttribute(KEY);
            return trust == null ? new Trust(List.of()) : trust;
        }

        KnownHosts hop(ClientSession session) {
            if (hops.size() == 1) {
                return hops.getFirst();
            }
            SshdSocketAddress tunnelled = session.getAttribute(ClientSessionCreator.TARGET_SERVER);
            SshdSocketAddress dialled = tunnelled == null
                    ? SshdSocketAddress.toSshdSocketAddress(session.getConnectAddress())
                    : tunnelled;
            return hops.stream().filter(hop -> hop.isDialledAs(dialled.getHostName(), dialled.getPort())).findFirst()
                    .orElseThrow(() -> new RbeesException(ErrorCode.FORBIDDEN, "the host key of "
                            + dialled.getHostName() + " cannot be checked: it is no machine of the ProxyJump"));
        }

        List<String> keyTypes() {
            return hops.stream().flatMap(hop -> hop.keyTypes().stream()).distinct().toList();
        }
    }

    public SshConnections(SshSettings settings) {
        this(settings, IDLE);
    }

    /** @param idle how long a shared connection that nobody uses stays open */
    SshConnections(SshSettings settings, Duration idle) {
        this.settings = settings;
        this.shared = new SharedLinks(this::login, idle);
        this.keys = new KeyFiles(settings.folder());
        this.config = new SshConfigFile(settings.config(), settings.folder());
        this.client = SshClient.setUpDefaultClient();
        StrongAlgorithms.apply(client);
        client.setHostConfigEntryResolver((host, port, local, user, jump, context) -> config.read()
                .resolveEffectiveHost(host, port, local, user, jump, context));
        client.setServerKeyVerifier((session, _, key) -> {
            Trust.of(session).hop(session).check(key);
            return true;
        });
        client.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        client.setKeyIdentityProvider(keys);
        client.setClientIdentityLoader(keys);
        client.setFilePasswordProvider(FilePasswordProvider.EMPTY);
        settings.agent().ifPresent(socket -> client.setAgentFactory(new AgentSocket.Factory(socket)));
        client.addSessionListener(new HostKeyOrder());
        // why: what a server may connect to here is only what forwardFrom has opened; the library looks that up by itself
        client.setForwardingFilter(ForwardingFilter.asForwardingFilter(null, null, OwnForwards.INSTANCE));
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
        CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, MISSED_HEARTBEATS);
        CoreModuleProperties.IO_CONNECT_TIMEOUT.set(client, settings.patience());
        // why: a quiet command may run for hours, and a dead link is noticed by the heartbeat
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        client.start();
    }

    /** Connects and logs in, to a machine of which the user's own SSH files know all there is to know. */
    public SshConnection connect(RemoteHost host) {
        return connect(SshTarget.of(host));
    }

    /**
     * Connects and logs in; the connection is the caller's alone.
     *
     * @throws RbeesException POOL_UNAVAILABLE when the machine cannot be reached, FORBIDDEN when its key is not trusted or it
     *     accepts none of ours, CANCELLED when the thread was interrupted
     */
    public SshConnection connect(SshTarget target) {
        SshLink link = login(target);
        return new SshConnection(link, link::close);
    }

    /**
     * A connection that all who ask for the same target have together. Closing it gives it back; a while after the last has
     * done so it ends. One that was lost is made anew for the next who asks.
     *
     * @throws RbeesException as {@link #connect(SshTarget)} does
     */
    public SshConnection open(SshTarget target) {
        return shared.open(target);
    }

    private SshLink login(SshTarget target) {
        SshFailures failures = new SshFailures(target.host(), settings.patience(), keys);
        try {
            HostConfigEntry entry = resolve(target.host());
            AttributeRepository context = AttributeRepository.ofKeyValuePair(Trust.KEY, trust(target, entry));
            ClientSession session = client.connect(entry, context, null).verify(settings.patience()).getClientSession();
            try {
                target.keyFile().ifPresent(file -> offerFirst(session, file));
                session.auth().verify(settings.patience());
                return new SshLink(session, failures, new SshPeer(entry.getHostName(), entry.getPort(), entry.getUsername(),
                        PublicKeyEntry.toString(session.getServerKey())));
            } catch (IOException | RuntimeException e) {
                session.close(true);
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof IOException io && RemoteRun.isInterruption(io)) {
                Thread.currentThread().interrupt();
                throw failures.cancelled();
            }
            throw failures.connecting(e);
        }
    }

    private void offerFirst(ClientSession session, Path file) {
        session.setKeyIdentityProvider(KeyIdentityProvider.resolveKeyIdentityProvider(
                context -> keys.load(context, file), session.getKeyIdentityProvider()));
    }

    private HostConfigEntry resolve(RemoteHost host) throws IOException {
        HostConfigEntry found = config.read().resolveEffectiveHost(host.name(), host.port().orElse(0), null,
                host.user().orElse(null), null, null);
        HostConfigEntry entry = found == null ? new HostConfigEntry("", host.name(), 0, null) : found;
        if (!entry.getProperty("ProxyCommand", "").isBlank()) {
            throw new RbeesException(ErrorCode.POOL_UNAVAILABLE, "the SSH configuration reaches " + host
                    + " through a ProxyCommand, which rbees does not run; use ProxyJump");
        }
        host.port().ifPresent(entry::setPort);
        host.user().ifPresent(entry::setUsername);
        if (entry.getPort() <= 0) {
            entry.setPort(22);
        }
        if (entry.getUsername() == null || entry.getUsername().isBlank()) {
            entry.setUsername(settings.user());
        }
        return entry;
    }

    private Trust trust(SshTarget target, HostConfigEntry entry) throws IOException {
        List<KnownHosts> hops = new ArrayList<>();
        hops.add(knownHosts(entry).pinned(target.hostKeys()));
        String jumps = Objects.requireNonNullElse(entry.getProxyJump(), "");
        for (String jump : jumps.isBlank() ? List.<String>of() : List.of(jumps.split(",", -1))) {
            hops.add(knownHosts(resolve(RemoteHost.parse(jump.strip()))));
        }
        return new Trust(hops);
    }

    private KnownHosts knownHosts(HostConfigEntry entry) {
        String configured = entry.getProperty("UserKnownHostsFile", "");
        List<Path> files = new ArrayList<>();
        for (String file : (configured.isBlank() ? "~/.ssh/known_hosts" : configured).split("[\\s,]+", -1)) {
            if (!file.equals("none")) {
                files.add(file.startsWith("~/.ssh/")
                        ? settings.folder().resolve(file.substring("~/.ssh/".length()))
                        : Path.of(file.replaceFirst("^~(?=/)", System.getProperty("user.home"))));
            }
        }
        files.add(Path.of("/etc/ssh/ssh_known_hosts"));
        return new KnownHosts(files, entry.getHostName(), entry.getPort(), entry.getProperty("HostKeyAlias", ""),
                List.of());
    }

    @Override
    public void close() {
        client.stop();
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
            proposal.put(KexProposalOption.SERVERKEYS,
                    String.join(",", StrongAlgorithms.hostKeyOrder(offered, Trust.of(session).keyTypes())));
        }
    }
}
