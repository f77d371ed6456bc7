package dev.rbees.pool.model;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** A server that may lie: it writes whatever bytes the test wants as an answer, one per connection. */
final class RawHttpServer implements AutoCloseable {

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

    private final ServerSocket entry;
    private final Thread acceptor;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Handler handler;

    record Request(String path, Map<String, String> headers) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    @FunctionalInterface
    interface Handler {
        void answer(Request request, OutputStream out) throws IOException;
    }

    RawHttpServer(Handler handler) throws IOException {
        this.handler = handler;
        entry = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        acceptor = Thread.ofVirtual().start(() -> {
            while (!entry.isClosed()) {
                try {
                    Socket socket = entry.accept();
                    Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException _) {
                    return;
                }
            }
        });
    }

    void answerWith(Handler next) {
        handler = next;
    }

    String url() {
        return "http://127.0.0.1:" + entry.getLocalPort();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            String line = in.readLine();
            if (line == null) {
                return;
            }
            Map<String, String> headers = new TreeMap<>();
            for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
                headers.put(header.substring(0, header.indexOf(':')).toLowerCase(Locale.ROOT),
                        header.substring(header.indexOf(':') + 1).strip());
            }
            Request request = new Request(line.split(" ", -1)[1], headers);
            requests.add(request);
            handler.answer(request, socket.getOutputStream());
            socket.getOutputStream().flush();
            socket.shutdownOutput();
        } catch (IOException _) {
            // the client has gone, as some tests want it
        }
    }

    /** Writes the head of an answer. */
    static void head(OutputStream out, int status, String... headers) throws IOException {
        out.write(("HTTP/1.1 " + status + " X\r\nConnection: close\r\n" + String.join("\r\n", headers)
                + (headers.length == 0 ? "" : "\r\n") + "\r\n").getBytes(ISO_8859_1));
    }

    /** A server of one file that knows ranges and a tag, as they all do. */
    static Handler file(byte[] content, String etag) {
        return (request, out) -> {
            Matcher range = RANGE.matcher(request.header("Range"));
            boolean rest = range.matches()
                    && (request.header("If-Range").isEmpty() || request.header("If-Range").equals(etag));
            int from = rest ? Integer.parseInt(range.group(1)) : 0;
            int to = rest && !range.group(2).isEmpty()
                    ? Math.min(content.length, Integer.parseInt(range.group(2)) + 1)
                    : content.length;
            String[] headers = rest
                    ? new String[] {"ETag: " + etag, "Content-Length: " + (to - from),
                        "Content-Range: bytes " + from + "-" + (to - 1) + "/" + content.length}
                    : new String[] {"ETag: " + etag, "Content-Length: " + content.length};
            head(out, rest ? 206 : 200, headers);
            out.write(content, from, to - from);
        };
    }

    @Override
    public void close() throws IOException {
        entry.close();
        try {
            acceptor.join(); // why: until it has ended, the port still takes connections
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
