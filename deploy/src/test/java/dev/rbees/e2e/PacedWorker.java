package dev.rbees.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.Seed;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.GenerationRequest;
import dev.rbees.api.worker.WorkerRegistration;

/** A worker in this process: it says a token at fixed intervals, as many as it is asked for, and goes on where another ended. */
final class PacedWorker implements AutoCloseable {

    /** why: who does not answer may know this worker still, as with the real one. */
    private static final int NONE = 0;
    private static final Duration BEAT = Duration.ofSeconds(2);

    private final String id;
    private final String orchestrator;
    private final Duration interval;
    private final int slots;
    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private final CountDownLatch closing = new CountDownLatch(1);

    PacedWorker(String id, String orchestrator, int slots, Duration interval) throws IOException {
        this.id = id;
        this.orchestrator = orchestrator;
        this.interval = interval;
        this.slots = slots;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/execute", this::execute);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /**
     * Registers, and gives signs of life until it is closed.
     *
     * @param port where the orchestrator finds it
     */
    void join(int port) {
        Thread.ofVirtual().start(() -> keepKnown(port));
    }

    private void keepKnown(int port) {
        try {
            do {
                int answer = send("/" + id + "/heartbeat", "{\"status\":\"ready\",\"slots_free\":" + slots + "}");
                if (answer != 200 && answer != NONE) {
                    send("/register", Json.write(new WorkerRegistration(id, "127.0.0.1", port,
                            Backend.CPU, Installation.MODEL, "a".repeat(64), 100_000, slots, slots, "paced")));
                }
            } while (!closing.await(BEAT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int send(String path, String body) throws InterruptedException {
        try {
            return http.send(HttpRequest.newBuilder(URI.create(orchestrator + "/v2/workers" + path))
                    .timeout(Duration.ofSeconds(2)).header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(body)).build(), BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return NONE;
        }
    }

    private void execute(HttpExchange exchange) throws IOException {
        GenerationRequest request = GenerationRequest.read(exchange.getRequestBody().readAllBytes());
        int most = Objects.requireNonNull(request.sampling().maxTokens(), "the test says how many");
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            say(out, new TaskEvent.Started(request.jobId(), Installation.MODEL, Instant.now(), new Seed(7), null, null));
            for (int i = request.resumed().size(); i < most; i++) {
                Thread.sleep(interval);
                say(out, new TaskEvent.Token("word" + i + " ", i, i % 1000));
            }
            say(out, new TaskEvent.End(3, null, most, 1, StopReason.MAX_TOKENS, null));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void say(OutputStream out, TaskEvent event) throws IOException {
        out.write(("event: " + event.type() + "\ndata: " + event.toJson() + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        http.shutdownNow();
    }
}
