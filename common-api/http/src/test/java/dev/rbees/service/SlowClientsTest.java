package dev.rbees.service;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.rbees.service.Connections.Cut;
import dev.rbees.service.testing.RunningEdge;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients over real sockets that do not go on, and too many of them. */
class SlowClientsTest {

    private static final Duration SHORT = Duration.ofMillis(400);
    private static final int MOST = 40;

    private static RunningEdge edge;
    private static Connections connections;

    @BeforeAll
    static void start() {
        edge = new RunningEdge(new ConnectionLimits(MOST, MOST, SHORT, SHORT, SHORT.multipliedBy(3), SHORT.multipliedBy(2),
                SHORT, 16 << 20));
        connections = edge.bean(Connections.class);
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    /** What a client hears that sends this and nothing more, until it is cut; and that it was cut for this. */
    private static String heard(String sent, Cut reason) throws IOException {
        long before = connections.cut(reason);
        try (Socket socket = edge.connect(sent)) {
            String heard = RunningEdge.rest(socket);
            assertThat(connections.cut(reason)).isEqualTo(before + 1);
            return heard;
        }
    }

    @Test
    void aSilentConnectionIsCut() throws IOException {
        assertThat(heard("", Cut.HEAD)).isEmpty();
    }

    @Test
    void halfAHeadIsCutAndTold() throws IOException {
        assertThat(heard("POST /bytes HTTP/1.1\r\nHost: loc", Cut.HEAD)).startsWith("HTTP/1.1 408 ")
                .contains("\"code\":\"TIMEOUT\"");
    }

    @Test
    void aHeadThatDripsIsCut() throws Exception {
        long before = connections.cut(Cut.HEAD);
        try (Socket socket = edge.connect("POST /bytes HTTP/1.1\r\nHost: localhost\r\nX-Long: ")) {
            Waiting.until(() -> {
                try {
                    socket.getOutputStream().write('a');
                } catch (IOException e) {
                    // why: then it is cut already
                }
                return connections.cut(Cut.HEAD) > before;
            });
        }
    }

    @Test
    void halfABodyIsCutAndTold() throws IOException {
        assertThat(heard(RunningEdge.head("/bytes", 100) + "{\"half", Cut.BODY)).startsWith("HTTP/1.1 408 ")
                .contains("Connection: close").contains("\"code\":\"TIMEOUT\"");
    }

    @Test
    void aBodyThatDripsIsCut() throws Exception {
        long before = connections.cut(Cut.BODY);
        try (Socket socket = edge.connect(RunningEdge.head("/bytes", 4_000_000))) {
            Waiting.until(() -> {
                try {
                    socket.getOutputStream().write(' ');
                } catch (IOException e) {
                    // why: then it is cut already
                }
                return connections.cut(Cut.BODY) > before;
            });
        }
    }

    @Test
    void aSecondRequestMustNotBeHalfEither() throws IOException {
        String whole = RunningEdge.head("/bytes", 2) + "{}";
        long before = connections.cut(Cut.HEAD);
        try (Socket socket = edge.connect(whole)) {
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            socket.getOutputStream().write(whole.substring(0, 20).getBytes(StandardCharsets.US_ASCII));
            assertThat(RunningEdge.rest(socket)).contains("HTTP/1.1 408 ");
            assertThat(connections.cut(Cut.HEAD)).isEqualTo(before + 1);
        }
        assertThat(heard(whole, Cut.IDLE)).startsWith("HTTP/1.1 200 ").doesNotContain(" 408 ");
    }

    @Test
    void whoTakesNothingOfAnAnswerIsCut() throws Exception {
        long before = connections.cut(Cut.STALLED);
        try (Socket _ = edge.connect("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            Waiting.until(() -> connections.cut(Cut.STALLED) > before);
        }
    }

    @Test
    void aLongAnswerIsNotCut() throws IOException {
        try (Socket socket = edge.connect("GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
            assertThat(RunningEdge.rest(socket)).contains("event 0", "event 1", "event 2");
        }
    }

    @Test
    void noMoreThanThatAreTakenAndTheRestIsTold() throws Exception {
        Waiting.until(() -> connections.open() == 0);
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < MOST; i++) {
                open.add(edge.connect("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            }
            Waiting.until(() -> connections.open() == MOST);
            try (Socket refused = edge.connect("")) {
                assertThat(RunningEdge.rest(refused)).startsWith("HTTP/1.1 503 ").contains("Retry-After: 2")
                        .contains("\"code\":\"OVERLOADED\"");
            }
            assertThat(connections.cut(Cut.TOO_MANY)).isEqualTo(1);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        Waiting.until(() -> connections.open() == 0);
        assertThat(edge.ask("/bytes", "{}")).startsWith("HTTP/1.1 200 ");
    }

    /** Nothing of the web runs on a thread that decides. */
    @Test
    void whatAnotherThreadPromisesIsGivenOnTheEventLoop() throws IOException {
        for (int i = 0; i < 50; i++) {
            assertThat(get("/promise")).contains("\"value\":\"kept\"").contains("\"thread\":\"reactor-http-");
        }
        assertThat(get("/broken")).startsWith("HTTP/1.1 503 ").contains("DRAINING").contains("Retry-After: 10");
    }

    private static String get(String path) throws IOException {
        try (Socket socket = edge.connect("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
            return RunningEdge.rest(socket);
        }
    }

    @Test
    void anOrdinaryRequestIsReadOffTheEventLoop() throws IOException {
        assertThat(edge.ask("/bytes", "{\"a\":1}")).contains("\"thread\":\"request-").contains("\"length\":7");
        assertThat(edge.ask("/bytes", "")).startsWith("HTTP/1.1 400 ");
    }
}
