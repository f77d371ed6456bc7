package dev.rbees.orchestrator.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Something where a worker should be, that answers each request with the bytes of a script. It reads requests of a known length. */
public final class RawWorker implements AutoCloseable {

    /** The head of a stream of events that ends with its connection. */
    public static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

    /** Answers one request. */
    @FunctionalInterface
    public interface Script {
        /** @return whether the connection stays open for the next one */
        boolean answer(String path, OutputStream out) throws IOException;
    }

    private final ServerSocket listener;
    private final Script script;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();

    public RawWorker(Script script) throws IOException {
        this.script = script;
        this.listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Says this and closes the connection. */
    public static Script saying(String text) {
        return (_, out) -> {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            return false;
        };
    }

    /** Says the first once and the second for ever. */
    public static Script repeating(String first, String forEver) {
        return (_, out) -> {
            out.write(first.getBytes(StandardCharsets.UTF_8));
            while (true) {
                out.write(forEver.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    /** An answer of a known length, after which the connection stays open. */
    public static String whole(String type, String body) {
        return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    public String endpoint() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** How many requests came. */
    public int requests() {
        return requests.get();
    }

    /** How many connections came. */
    public int connections() {
        return connections.get();
    }

    /** How many answers were cut off by the other side. */
    public int cut() {
        return cut.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    /** How many connections are open. */
    public int open() {
        return open.get();
    }

    private void serve(Socket connection) {
        open.incrementAndGet();
        try (connection) {
            InputStream in = connection.getInputStream();
            boolean open = true;
            while (open) {
                String line = line(in);
                if (line.isEmpty()) {
                    return;
                }
                int length = 0;
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    if (header.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                        length = Integer.parseInt(header.substring("content-length:".length()).strip());
                    }
                }
                in.readNBytes(length);
                requests.incrementAndGet();
                open = script.answer(line.split(" ", 3)[1], connection.getOutputStream());
            }
        } catch (IOException e) {
            cut.incrementAndGet();
        } finally {
            open.decrementAndGet();
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
