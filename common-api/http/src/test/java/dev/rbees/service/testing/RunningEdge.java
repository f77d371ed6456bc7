package dev.rbees.service.testing;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.RequestFields;
import dev.rbees.service.Bridge;
import dev.rbees.service.ConnectionLimits;
import dev.rbees.service.Daemon;
import dev.rbees.service.ErrorFormat;
import dev.rbees.service.HttpEdge;

/** What stands before our controllers, in this process, with limits of a test's own. */
public final class RunningEdge implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final int port;

    public RunningEdge(ConnectionLimits limits) {
        Daemon.Listening settings = new Settings(limits);
        context = new SpringApplicationBuilder(Application.class).properties(Daemon.DEFAULTS)
                .properties("server.port=0", "server.address=127.0.0.1")
                .initializers(made -> made.getBeanFactory().registerSingleton("settings", settings)).run();
        port = Integer.parseInt(context.getEnvironment().getProperty("local.server.port", ""));
    }

    private record Settings(ConnectionLimits connections) implements Daemon.Listening {
        @Override
        public String bind() {
            return "127.0.0.1";
        }

        @Override
        public int port() {
            return 0;
        }
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public int port() {
        return port;
    }

    /** A connection over which this was sent. */
    public Socket connect(String sent) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
        socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** The head of a request to a path with a body. */
    public static String head(String path, long length, String... more) {
        StringBuilder head = new StringBuilder(
                "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n");
        for (String line : more) {
            head.append(line).append("\r\n");
        }
        return head + "Content-Length: " + length + "\r\n\r\n";
    }

    /** All that comes until the other side closes. */
    public static String rest(Socket socket) throws IOException {
        try (InputStream in = socket.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Sends a request after which the connection is closed, and reads the whole answer. */
    public String ask(String path, String body, String... more) throws IOException {
        String[] headers = Arrays.copyOf(more, more.length + 1);
        headers[more.length] = "Connection: close";
        // why: sent at once, because an answer that comes before the body may get lost when the connection is closed
        try (Socket socket = connect(head(path, body.length(), headers) + body)) {
            return rest(socket);
        }
    }

    @Override
    public void close() {
        context.close();
    }

    /** The program. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import({HttpEdge.class, Paths.class})
    static class Application {
        @Bean
        ErrorFormat errorFormat() {
            return ErrorFormat.NATIVE;
        }
    }

    /** Its paths. */
    @RestController
    static class Paths {

        @PostMapping(path = "/bytes", consumes = MediaType.APPLICATION_JSON_VALUE)
        Map<String, Object> bytes(@RequestBody byte[] body) {
            return Map.of("thread", Thread.currentThread().getName(), "length", body.length);
        }

        /** A request of which {@code known} is the only field. */
        @PostMapping(path = "/fields", consumes = MediaType.APPLICATION_JSON_VALUE)
        Map<String, Object> fields(@RequestBody byte[] body) {
            RequestFields fields = RequestFields.of(body);
            fields.accept("known", "temperature", "max_tokens");
            fields.rejectUnknown();
            fields.finish();
            return Map.of();
        }

        /** An answer that goes on and on with a pause in between, longer than any limit of the tests. */
        @GetMapping(path = "/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> stream() {
            return Flux.interval(Duration.ofMillis(900)).take(3).map(number -> "event " + number);
        }

        /** What another thread promises; says on which thread it is read. */
        @GetMapping(path = "/promise", produces = MediaType.APPLICATION_JSON_VALUE)
        Mono<Map<String, String>> promise(ServerWebExchange exchange) {
            CompletableFuture<String> promised = new CompletableFuture<>();
            Thread.ofPlatform().name("control").start(() -> promised.complete("kept"));
            return Bridge.answer(exchange, () -> promised)
                    .map(value -> Map.of("value", value, "thread", Thread.currentThread().getName()));
        }

        /** What another thread cannot keep. */
        @GetMapping(path = "/broken", produces = MediaType.APPLICATION_JSON_VALUE)
        Mono<String> broken(ServerWebExchange exchange) {
            return Bridge.answer(exchange, () -> CompletableFuture.supplyAsync(() -> {
                throw new RbeesException(ErrorCode.DRAINING, "going");
            }));
        }

        /** An answer larger than what networks take without a reader. */
        @GetMapping(path = "/large", produces = MediaType.TEXT_PLAIN_VALUE)
        String large() {
            return "x".repeat(64 * 1024 * 1024);
        }
    }
}
