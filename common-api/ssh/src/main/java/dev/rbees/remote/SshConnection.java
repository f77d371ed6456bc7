package dev.rbees.remote;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import dev.rbees.api.error.RbeesException;

/**
 * An open connection to a machine. Several threads may use it at the same time; so many commands run on it at once as
 * {@link SshLink#MOST_CHANNELS} says, and further ones wait for their turn.
 *
 * <p>A thread that is interrupted while it waits for a command ends it: the channel is closed, so that the program there is
 * told to end, and the call ends with CANCELLED.
 */
public final class SshConnection implements AutoCloseable {

    private final SshLink link;
    private final Runnable end;

    /** @param end is run once, when the connection is closed */
    SshConnection(SshLink link, Runnable end) {
        this.link = link;
        this.end = end;
    }

    /**
     * Runs a program to its end. It gets no input; when the connection goes away, or this program does, it is ended.
     *
     * @param out takes its output as it comes
     * @param err takes its error output as it comes
     * @return its exit status, 128 + n after the signal n; {@link RemoteCommand#NOT_FOUND} when there is no such program
     * @throws RbeesException POOL_UNAVAILABLE when the connection is lost or the login shell did not get so far as to start
     *     the program, CANCELLED when this thread was interrupted
     */
    public int run(RemoteCommand command, OutputStream out, OutputStream err) {
        return link.run(command.job(false), _ -> {
            // why: nothing is sent, and the channel's input stays open; it is the lease that keeps the program alive
        }, out, err);
    }

    /**
     * Runs a program that gets one line on its standard input, such as a token, and nothing after it. Neither its arguments
     * nor its environment hold the line.
     *
     * @param firstLine without its end
     * @return its exit status, as the other method does
     */
    public int run(RemoteCommand command, String firstLine, OutputStream out, OutputStream err) {
        if (firstLine.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0)) {
            throw RbeesException.invalid("input", "one-line", "what a remote program reads must be one line");
        }
        return link.run(command.job(true), channel -> {
            channel.write((firstLine + "\n").getBytes(StandardCharsets.UTF_8));
            channel.flush();
        }, out, err);
    }

    /**
     * Runs a POSIX shell script. Its standard input is {@code input}, read as fast as the script does, to its end. There is no
     * lease: when the connection goes away or the caller is interrupted, the input ends there, and a script that has read all
     * of it goes on to its end; it should bear to be run again.
     *
     * @param script for sh; an exit status is its own
     * @param input is not closed
     * @return its exit status
     * @throws RbeesException as the other methods do
     */
    public int script(String script, InputStream input, OutputStream out, OutputStream err) {
        StartMarker marker = StartMarker.random();
        String text = marker.definition() + "\nrbees_say " + StartMarker.STARTS + "\n" + script;
        return link.run(new RemoteRun.Job("the script", text, marker), channel -> {
            input.transferTo(channel);
            channel.flush();
            channel.close();
        }, out, err);
    }

    /**
     * Opens a port on our loopback address that leads to a port on the loopback address of the other machine.
     *
     * @throws RbeesException POOL_UNAVAILABLE when the connection is lost
     */
    public PortForward forwardTo(int remoteLoopbackPort) {
        return link.forwardTo(remoteLoopbackPort);
    }

    /**
     * The same with a port of our choice.
     *
     * @param localPort 0 for any that is free here
     * @throws RbeesException CONFLICT when the port is not free, else as the other method
     */
    public PortForward forwardTo(int remoteLoopbackPort, int localPort) {
        return link.forwardTo(remoteLoopbackPort, localPort);
    }

    /**
     * Opens a port on the loopback address of the other machine that leads to an address as seen from here.
     *
     * @param remotePort 0 for any that is free there; the answer says which
     * @throws RbeesException POOL_UNAVAILABLE when the connection is lost or the other side does not open the port
     */
    public PortForward forwardFrom(int remotePort, InetSocketAddress local) {
        return link.forwardFrom(remotePort, local);
    }

    /** Our address on the way to the other machine; empty when the way leads over a third one. */
    public Optional<InetAddress> ourAddress() {
        return link.ourAddress();
    }

    /** The address of the other machine, as it was dialled; empty when the way leads over a third one. */
    public Optional<InetAddress> theirAddress() {
        return link.theirAddress();
    }

    /** Who is at the other end. */
    public SshPeer peer() {
        return link.peer();
    }

    /** False once the connection was lost or closed. */
    public boolean isOpen() {
        return link.isOpen();
    }

    /** Ends the connection, or gives a shared one back. Closing twice does nothing. */
    @Override
    public void close() {
        end.run();
    }
}
