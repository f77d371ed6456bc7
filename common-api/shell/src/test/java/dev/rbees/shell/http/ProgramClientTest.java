package dev.rbees.shell.http;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.home.ApiToken;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ProgramClientTest {

    private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private ProgramClient client(Optional<ApiToken> token) {
        return new ProgramClient(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), token,
                Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    private void answers(String path, int status, String body) {
        server.createContext(path, exchange -> {
            see(exchange);
            try (exchange; OutputStream out = respond(exchange, status, body.isEmpty() ? -1 : body.getBytes(UTF_8).length)) {
                out.write(body.getBytes(UTF_8));
            }
        });
    }

    private static OutputStream respond(HttpExchange exchange, int status, int length) throws IOException {
        exchange.sendResponseHeaders(status, length);
        return length < 0 ? OutputStream.nullOutputStream() : exchange.getResponseBody();
    }

    private void see(HttpExchange exchange) throws IOException {
        seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                + exchange.getRequestHeaders().getFirst("Authorization") + " "
                + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    }

    @Test
    void showsItsTokenAndSendsWhatItIsGiven(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "t".repeat(32));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        answers("/v2/tasks", 202, "{}");
        try (ProgramAnswer answer = client(Optional.of(ApiToken.read(file))).post("/v2/tasks", "{\"a\":\"ä\"}", Map.of())) {
            assertThat(answer.ok()).isTrue();
            assertThat(answer.text()).isEqualTo("{}");
        }
        assertThat(seen).containsExactly("POST /v2/tasks Bearer " + "t".repeat(32) + " {\"a\":\"ä\"}");
    }

    @Test
    void followsNoRedirect() throws IOException {
        answers("/elsewhere", 200, "{}");
        server.createContext("/here", exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        try (ProgramAnswer answer = client(Optional.empty()).get("/here", Map.of())) {
            assertThat(answer.status()).isEqualTo(302);
            assertThat(answer.ok()).isFalse();
            assertThat(answer.refusal()).isEmpty();
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void readsARefusalInOurFormAndNoOther() throws IOException {
        answers("/full", 429, "{\"error\":{\"code\":\"QUEUE_FULL\",\"message\":\"wait\"}}");
        answers("/newer", 400, "{\"error\":{\"code\":\"OF_TOMORROW\",\"message\":\"what\"}}");
        answers("/other", 502, "<html>bad gateway</html>");
        answers("/silent", 401, "");
        ProgramClient client = client(Optional.empty());
        try (ProgramAnswer full = client.get("/full", Map.of());
                ProgramAnswer newer = client.get("/newer", Map.of());
                ProgramAnswer other = client.get("/other", Map.of());
                ProgramAnswer silent = client.get("/silent", Map.of())) {
            assertThat(full.refusal()).hasValueSatisfying(e -> assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL));
            assertThat(newer.refusal()).hasValueSatisfying(e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
            assertThat(other.refusal()).isEmpty();
            assertThat(silent.refusal()).isEmpty();
            assertThat(silent.status()).isEqualTo(401);
        }
    }

    @Test
    void leavesAnEndlessStreamWhenItHasEnough() throws IOException {
        server.createContext("/events", exchange -> {
            try (exchange; OutputStream out = respond(exchange, 200, 0)) {
                for (int i = 0;; i++) {
                    out.write(("id: " + i + "\ndata: x\n\n").getBytes(UTF_8));
                    out.flush();
                }
            }
        });
        List<String> ids = new ArrayList<>();
        try (ProgramAnswer answer = client(Optional.empty()).get("/events", Map.of())) {
            answer.events(event -> {
                ids.add(event.id());
                return ids.size() < 3;
            });
        }
        assertThat(ids).containsExactly("0", "1", "2");
    }

    @Test
    void endsAStreamWhoseLineNeverEnds() {
        server.createContext("/events", exchange -> {
            try (exchange; OutputStream out = respond(exchange, 200, 0)) {
                byte[] piece = "x".repeat(64 * 1024).getBytes(UTF_8);
                while (true) {
                    out.write(piece);
                }
            }
        });
        assertThatThrownBy(() -> {
            try (ProgramAnswer answer = client(Optional.empty()).get("/events", Map.of())) {
                answer.events(_ -> true);
            }
        }).isInstanceOf(IOException.class).hasMessageContaining("a line is longer than");
    }

    @Test
    void refusesALimitThatWouldBeNone() {
        assertThatThrownBy(() -> new ProgramClient(URI.create("http://127.0.0.1"), Optional.empty(), Duration.ZERO,
                Duration.ofSeconds(1))).isInstanceOf(IllegalArgumentException.class);
    }
}
