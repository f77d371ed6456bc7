package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.cli.UsageException;

/**
 * The port that the worker is to listen on.
 *
 * <p>
 * why: a look at it takes a millisecond, and everything after it seconds or minutes. Who takes the port between the look and the
 * opening of the server wins it; the server is open before the model is loaded.
 */
public final class ListeningPort {

    private ListeningPort() {}

    /**
     * @throws RbeesException CONFLICT when another program listens there
     * @throws UsageException when the address is none of this machine
     */
    public static void requireFree(String bind, int port) {
        if (!canListen(bind, 0)) {
            throw new UsageException("--bind " + bind + " is no address of this machine");
        }
        if (!canListen(bind, port)) {
            throw taken(port);
        }
    }

    /** CONFLICT. */
    public static RbeesException taken(int port) {
        return new RbeesException(ErrorCode.CONFLICT,
                "--port " + port + " is in use by another program; choose another, or end that one");
    }

    private static boolean canListen(String bind, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // why: as the server will do; else connections that ended a minute ago would count as another program
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(bind, port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
