package dev.rbees.worker.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;

import static org.assertj.core.api.Assertions.assertThat;

/** Something that answers as it is told, and keeps what it was asked. */
final class RecordingOrchestrator implements AutoCloseable {

    @SuppressWarnings("ArrayRecordComponent")
    record Call(String method, String path, byte[] body, String secretHeader) {
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private HttpServer server;
    volatile int registerAnswer = 201;
    volatile int heartbeatAnswer = 200;
    /** The body of every answer. */
    volatile String registration = "";

    RecordingOrchestrator() {
        server = open(0);
    }

    private HttpServer open(int port) {
        try {
            HttpServer opened = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            opened.createContext("/", exchange -> {
                Call call = new Call(exchange.getRequestMethod(), exchange.getRequestURI().getPath(),
                        exchange.getRequestBody().readAllBytes(),
                        String.valueOf(exchange.getRequestHeaders().getFirst("X-Worker-Secret")));
                boolean heartbeat = exchange.getRequestURI().getPath().endsWith("/heartbeat");
                byte[] answer = registration.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(heartbeat ? heartbeatAnswer : registerAnswer,
                        answer.length == 0 ? -1 : answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
                calls.add(call); // why: last, so that a test which then ends the server does not cut the answer
            });
            opened.start();
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What it is asked next. */
    Call next() throws InterruptedException {
        return within(30);
    }

    Call within(int seconds) throws InterruptedException {
        Call call = calls.poll(seconds, TimeUnit.SECONDS);
        assertThat(call).as("a call within %d s", seconds).isNotNull();
        return call;
    }

    /** Whether it was asked nothing that {@link #next()} has not given. */
    boolean idle() {
        return calls.isEmpty();
    }

    void die() {
        server.stop(0);
    }

    /** Starts again at the same address. */
    void rise() {
        server = open(server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
