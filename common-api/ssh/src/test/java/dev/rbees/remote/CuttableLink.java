package dev.rbees.remote;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A port that leads to another one until it is cut. */
final class CuttableLink implements AutoCloseable {

    private final ServerSocket entry;
    private final List<Socket> ends = new CopyOnWriteArrayList<>();

    CuttableLink(int target) throws IOException {
        entry = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!entry.isClosed()) {
                try {
                    Socket near = entry.accept();
                    Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
                    ends.addAll(List.of(near, far));
                    Thread.ofVirtual().start(() -> pump(near, far));
                    Thread.ofVirtual().start(() -> pump(far, near));
                } catch (IOException _) {
                    return;
                }
            }
        });
    }

    int port() {
        return entry.getLocalPort();
    }

    void cut() {
        ends.forEach(CuttableLink::close);
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException _) {
            // the link was cut
        }
        close(from);
        close(to);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // it is closed
        }
    }

    @Override
    public void close() throws IOException {
        cut();
        entry.close();
    }
}
