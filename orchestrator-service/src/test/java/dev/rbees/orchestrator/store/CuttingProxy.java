package dev.rbees.orchestrator.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/** Stands between a client and a local server, and cuts the connection where it hurts. */
final class CuttingProxy implements AutoCloseable {

    private final ServerSocket socket;
    private final int server;
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile @Nullable String request;
    private volatile boolean answered;

    CuttingProxy(int server) {
        this.server = server;
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    PostgresAddress address(PostgresAddress behind) {
        return new PostgresAddress(behind.host(), socket.getLocalPort(), behind.database(), behind.user());
    }

    /** The next request that contains the text reaches the server, the answer to it nobody. */
    void cutAtAnswerTo(String text) {
        answered = true;
        request = text;
    }

    /** The next request that contains the text reaches nobody. */
    void cutAtRequest(String text) {
        answered = false;
        request = text;
    }

    int cuts() {
        return cuts.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
                Thread.ofVirtual().start(() -> copy(client, behind, true));
                Thread.ofVirtual().start(() -> copy(behind, client, false));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void copy(Socket from, Socket to, boolean requests) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[65_536];
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                String wanted = request;
                boolean cut = requests && wanted != null
                        && new String(bytes, 0, length, StandardCharsets.ISO_8859_1).contains(wanted);
                if (cut) {
                    request = null;
                    cuts.incrementAndGet();
                    from.close();
                    if (!answered) {
                        return;
                    }
                }
                out.write(bytes, 0, length);
                if (cut) {
                    return;
                }
            }
        } catch (IOException e) {
            // one of the two has gone
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
