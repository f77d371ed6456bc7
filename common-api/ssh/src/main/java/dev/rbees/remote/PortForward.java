package dev.rbees.remote;

import java.net.InetSocketAddress;

/**
 * A port on the loopback address of one machine that leads to a port of the other, through an SSH connection. It ends with
 * the connection.
 */
public final class PortForward implements AutoCloseable {

    private final InetSocketAddress address;
    private final Runnable end;

    PortForward(InetSocketAddress address, Runnable end) {
        this.address = address;
        this.end = end;
    }

    /** The port to connect to, on the loopback address of the machine that has it. */
    public int port() {
        return address.getPort();
    }

    /** Where to connect to, as seen on the machine that has the port. */
    public InetSocketAddress address() {
        return address;
    }

    /** No new connection is taken any more; those that are open go on. Closing twice does nothing. */
    @Override
    public void close() {
        end.run();
    }
}
