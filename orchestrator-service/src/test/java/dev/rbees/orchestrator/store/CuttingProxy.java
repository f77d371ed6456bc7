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
    private volatile @Nullable String first;
    private volatile boolean due;
    private volatile boolean answered;

    CuttingProxy(int server) {
        this.server = server;
        try {
            socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().start(this::accept);
    }

    PostgresAddress address(PostgresAddress behind) {
        return new PostgresAddress(behind.host(), socket.getLocalPort(), behind.database(), behind.user());
    }

    /** After a request that contains the text, the next COMMIT reaches the server, but the answer to it nobody. */
    void cutAnswerOfCommitAfter(String text) {
        answered = true;
        first = text;
    }

    /** After a request that contains the text, the next COMMIT reaches nobody. */
    void cutCommitAfter(String text) {
        answered = false;
        first = text;
    }

    int cuts() {
        return cuts.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
                Thread.ofPlatform().daemon().start(() -> copy(client, behind, true));
                Thread.ofPlatform().daemon().start(() -> copy(behind, client, false));
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
                boolean cut = requests && isCut(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
                if (cut) {
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

    private boolean isCut(String request) {
        String wanted = first;
        if (wanted != null && request.contains(wanted)) {
            first = null;
            due = true;
        }
        boolean cut = due && request.contains("COMMIT");
        due &= !cut;
        return cut;
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
