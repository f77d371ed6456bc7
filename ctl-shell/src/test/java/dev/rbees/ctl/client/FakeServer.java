package dev.rbees.ctl.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Stands in for an orchestrator or a worker: answers as the test says and remembers what it was asked. */
public final class FakeServer implements AutoCloseable {

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    public record Request(String line, String body, String lastEventId, String contentType) {}

    /** Writes an answer. */
    @FunctionalInterface
    public interface Answer {
        void write(HttpExchange exchange) throws IOException;
    }

    public FakeServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            requests.add(new Request(line, new String(exchange.getRequestBody().readAllBytes(), UTF_8),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Last-Event-ID")),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"))));
            answers.getOrDefault(line,
                    json(404, "{\"error\":{\"code\":\"TASK_NOT_FOUND\",\"message\":\"no task of that id\"}}"))
                    .write(exchange);
            exchange.close();
        });
        server.start();
    }

    public void on(String line, Answer answer) {
        answers.put(line, answer);
    }

    public static Answer json(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    /** Events that end properly. */
    public static Answer events(String... events) {
        return exchange -> {
            OutputStream out = open(exchange);
            for (String event : events) {
                out.write(event.getBytes(UTF_8));
                out.flush();
            }
            out.close();
        };
    }

    /** Events, and then a cut connection. */
    public static Answer cutAfter(String... events) {
        return exchange -> {
            OutputStream out = open(exchange);
            for (String event : events) {
                out.write(event.getBytes(UTF_8));
                out.flush();
            }
            throw new IOException("cut");
        };
    }

    private static OutputStream open(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(": hello\n\n".getBytes(UTF_8));
        return exchange.getResponseBody();
    }

    /** One event as the orchestrator writes it. */
    public static String event(int id, String name, String fields) {
        return "id: " + id + "\nevent: " + name + "\ndata: {\"type\":\"" + name + "\"," + fields + "}\n\n";
    }

    public static String token(int id, int index, String text) {
        return event(id, "token", "\"t\":\"" + text + "\",\"i\":" + index + ",\"id\":" + (index + 100));
    }

    public static String end(int id, int tokens) {
        return event(id, "end", "\"tokens_in\":5,\"tokens_out\":" + tokens
                + ",\"decode_time_ms\":400,\"stop_reason\":\"EOS\"");
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
