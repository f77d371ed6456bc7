package dev.rbees.remote;

import java.time.Duration;

import dev.rbees.api.error.RbeesException;

/**
 * Opens connections to other machines. What the user's SSH configuration says is understood as {@code ssh} understands it;
 * keys come from the agent and from files, host keys must be known, and only strong algorithms are spoken. Nothing of it is
 * stored, and the agent is never forwarded.
 */
public final class SshConnections implements AutoCloseable {

    private static final Duration IDLE = Duration.ofMinutes(5);

    private final DialingClient client;
    private final SshDialer dialer;
    private final SharedLinks shared;

    public SshConnections(SshSettings settings) {
        this(settings, IDLE);
    }

    /** @param idle how long a shared connection that nobody uses stays open */
    SshConnections(SshSettings settings, Duration idle) {
        this.client = DialingClient.start(settings.patience());
        this.dialer = new SshDialer(settings, client);
        this.shared = new SharedLinks(dialer::login, idle);
    }

    /** Connects and logs in, to a machine of which the user's own SSH files know all there is to know. */
    public SshConnection connect(RemoteHost host) {
        return connect(SshTarget.of(host));
    }

    /**
     * Connects and logs in; the connection is the caller's alone.
     *
     * @throws RbeesException POOL_UNAVAILABLE when the machine cannot be reached, FORBIDDEN when its key is not trusted or it
     *     accepts none of ours, INVALID_REQUEST when the SSH configuration is wrong for it, CANCELLED when the thread was
     *     interrupted
     */
    public SshConnection connect(SshTarget target) {
        SshLink link = dialer.login(target);
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

    /** Ends all connections. */
    @Override
    public void close() {
        client.stop();
    }
}
