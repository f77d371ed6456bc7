package dev.rbees.remote;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;

import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.io.output.NoCloseOutputStream;

/** An open connection to a machine. Several threads may run commands on it. */
public final class SshConnection implements AutoCloseable {

    private static final Duration OPEN = Duration.ofSeconds(10);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final int SIGNALLED = 128;

    private final ClientSession session;
    private final SshFailures failures;

    SshConnection(ClientSession session, SshFailures failures) {
        this.session = session;
        this.failures = failures;
    }

    /**
     * Runs a program to its end. It gets no input; when the connection goes away, or this program does, it is ended.
     *
     * @param out takes its output as it comes
     * @param err takes its error output as it comes
     * @return its exit status; {@link RemoteCommand#NOT_FOUND} when there is no such program
     * @throws dev.rbees.api.error.RbeesException POOL_UNAVAILABLE when the connection is lost
     */
    public int run(RemoteCommand command, OutputStream out, OutputStream err) {
        try {
            ChannelExec channel = session.createExecChannel(command.line());
            try {
                channel.setAgentForwarding(false);
                channel.setOut(new NoCloseOutputStream(out));
                channel.setErr(new NoCloseOutputStream(err));
                // why: no input is set, so the channel's input stays open; it is the lease that keeps the program alive
                channel.open().verify(OPEN);
                channel.waitFor(Set.of(ClientChannelEvent.CLOSED), 0L);
                return status(channel);
            } finally {
                // why: at once and without telling the server would leave its slot in use
                channel.close(false).await(CLOSE);
            }
        } catch (IOException e) {
            throw failures.lost(e);
        }
    }

    private static int status(ChannelExec channel) throws IOException {
        Integer status = channel.getExitStatus();
        if (status != null) {
            return status;
        }
        if (channel.getExitSignal() != null) {
            return SIGNALLED;
        }
        throw new IOException("the channel was closed without an exit status");
    }

    @Override
    public void close() {
        try {
            session.close(false).await(CLOSE);
        } catch (IOException _) {
            session.close(true);
        }
    }
}
