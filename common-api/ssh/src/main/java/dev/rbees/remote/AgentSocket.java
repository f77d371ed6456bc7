package dev.rbees.remote;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;

import org.apache.sshd.agent.common.AbstractAgentProxy;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** The user's key agent, over its Unix socket: it signs, and the private keys stay with it. */
final class AgentSocket extends AbstractAgentProxy {

    private static final int LONGEST_ANSWER = 256 * 1024;

    private final SocketChannel socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    private AgentSocket(SocketChannel socket) {
        super(null);
        this.socket = socket;
        this.in = new DataInputStream(Channels.newInputStream(socket));
        this.out = new DataOutputStream(Channels.newOutputStream(socket));
    }

    @Override
    protected synchronized Buffer request(Buffer buffer) throws IOException {
        // why: the message already begins with its length
        out.write(buffer.array(), buffer.rpos(), buffer.available());
        out.flush();
        int length = in.readInt();
        if (length < 1 || length > LONGEST_ANSWER) {
            throw new IOException("the agent's answer has a length of " + length);
        }
        byte[] answer = in.readNBytes(length);
        if (answer.length < length) {
            throw new IOException("the agent's answer broke off");
        }
        return new ByteArrayBuffer(answer);
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        super.close();
    }

    /** Opens the agent. One that is not there is none; forwarding it to the other side is never offered. */
    static Optional<AgentSocket> open(Path path) {
        try {
            SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                socket.connect(UnixDomainSocketAddress.of(path));
                return Optional.of(new AgentSocket(socket));
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (IOException | UnsupportedOperationException _) {
            return Optional.empty();
        }
    }
}
