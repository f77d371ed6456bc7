package dev.rbees.remote;

import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionCreator;
import org.apache.sshd.client.session.forward.ExplicitPortForwardingTracker;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.util.net.SshdSocketAddress;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/** One login on one machine, and what runs over it. */
final class SshLink {

    /** why: OpenSSH allows ten sessions per connection, unless it is told otherwise, and the user may have some of his own. */
    static final int MOST_CHANNELS = 6;

    private static final Duration OPEN = Duration.ofSeconds(10);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final Duration TURN = Duration.ofSeconds(60);
    private static final int OPEN_TRIES = 5;
    private static final long OPEN_PAUSE_MS = 100;
    private static final String LOOPBACK = "127.0.0.1";

    private final ClientSession session;
    private final SshFailures failures;
    private final SshPeer peer;
    private final Semaphore channels = new Semaphore(MOST_CHANNELS, true);

    SshLink(ClientSession session, SshFailures failures, SshPeer peer) {
        this.peer = peer;
        this.session = session;
        this.failures = failures;
    }

    int run(RemoteRun.Job job, RemoteRun.Input input, OutputStream out, OutputStream err) {
        String line = LoginShell.line(job.script());
        try {
            if (!channels.tryAcquire(TURN.toSeconds(), TimeUnit.SECONDS)) {
                throw failures.allBusy(MOST_CHANNELS, TURN);
            }
            try {
                return new RemoteRun(open(line), failures, job, out, err).run(input);
            } finally {
                channels.release();
            }
        } catch (InterruptedException _) {
            throw cancelled();
        } catch (IOException e) {
            if (RemoteRun.isInterruption(e)) {
                throw cancelled();
            }
            throw failures.lost(e);
        }
    }

    private RuntimeException cancelled() {
        Thread.currentThread().interrupt();
        return failures.cancelled();
    }

    /** why: a slot of a command that has just ended may be free only a moment later. */
    private ChannelExec open(String line) throws IOException, InterruptedException {
        for (int tries = 1;; tries++) {
            ChannelExec channel = session.createExecChannel(line);
            channel.setAgentForwarding(false);
            try {
                channel.open().verify(OPEN);
                return channel;
            } catch (IOException e) {
                channel.close(false);
                if (tries == OPEN_TRIES || !isFull(e)) {
                    throw e;
                }
                Thread.sleep(OPEN_PAUSE_MS * tries);
            }
        }
    }

    private static boolean isFull(IOException e) {
        Throwable cause = e instanceof SshChannelOpenException || e.getCause() == null ? e : e.getCause();
        return cause instanceof SshChannelOpenException refused
                && refused.getReasonCode() != SshConstants.SSH_OPEN_UNKNOWN_CHANNEL_TYPE;
    }

    PortForward forwardTo(int remotePort) {
        return forwardTo(remotePort, 0);
    }

    PortForward forwardTo(int remotePort, int localPort) {
        try {
            ExplicitPortForwardingTracker forward = session.createLocalPortForwardingTracker(
                    new SshdSocketAddress(LOOPBACK, localPort), new SshdSocketAddress(LOOPBACK, remotePort));
            return forward(forward);
        } catch (BindException e) {
            throw new RbeesException(ErrorCode.CONFLICT, "port " + localPort + " of this machine is in use", e);
        } catch (IOException e) {
            throw failures.lost(e);
        }
    }

    Optional<InetAddress> ourAddress() {
        return address(session.getIoSession().getLocalAddress());
    }

    Optional<InetAddress> theirAddress() {
        return address(session.getIoSession().getRemoteAddress());
    }

    /** why: a session that leads over another machine is one with a port of our own. */
    private Optional<InetAddress> address(SocketAddress end) {
        return session.getAttribute(ClientSessionCreator.TARGET_SERVER) == null && end instanceof InetSocketAddress address
                ? Optional.ofNullable(address.getAddress())
                : Optional.empty();
    }

    PortForward forwardFrom(int remotePort, InetSocketAddress local) {
        try {
            ExplicitPortForwardingTracker forward = session.createRemotePortForwardingTracker(
                    new SshdSocketAddress(LOOPBACK, remotePort),
                    new SshdSocketAddress(local.getHostString(), local.getPort()));
            return forward(forward);
        } catch (IOException e) {
            throw isOpen() ? failures.noForward(remotePort, e) : failures.lost(e);
        }
    }

    private static PortForward forward(ExplicitPortForwardingTracker forward) {
        return new PortForward(InetSocketAddress.createUnresolved(LOOPBACK, forward.getBoundAddress().getPort()), () -> {
            try {
                forward.close();
            } catch (IOException _) {
                // the connection is gone, and the port with it
            }
        });
    }

    SshPeer peer() {
        return peer;
    }

    boolean isOpen() {
        return session.isOpen() && !session.isClosing();
    }

    void close() {
        try {
            session.close(false).await(CLOSE);
        } catch (IOException _) {
            session.close(true);
        }
    }
}
