package dev.rbees.service;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import dev.rbees.api.json.Json;
import dev.rbees.service.testing.RunningEdge;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** Bodies that are made to hurt. */
class HostileBodiesTest {

    private static final int BUDGET = 32 * 1024 * 1024;
    private static final int LARGE = 2 * 1024 * 1024;

    private static final ListAppender<ILoggingEvent> LEAKS = new ListAppender<>();

    private static ResourceLeakDetector.Level before;
    private static RunningEdge edge;
    private static BodyBudget budget;

    @BeforeAll
    static void start() {
        before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        LEAKS.start();
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(LEAKS);
        ConnectionLimits usual = ConnectionLimits.usual();
        edge = new RunningEdge(new ConnectionLimits(usual.most(), usual.mostPerPeer(), usual.head(), usual.silence(),
                usual.body(), usual.idle(), usual.stall(), BUDGET));
        budget = edge.bean(BodyBudget.class);
    }

    @AfterAll
    static void stop() {
        edge.close();
        ResourceLeakDetector.setLevel(before);
        ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).detachAppender(LEAKS);
    }

    private static String fields(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"f" + i + "\":0").collect(Collectors.joining(",", "{", "}"));
    }

    @Test
    void twentyProblemsAreToldAndTheOthersCounted() throws IOException {
        String answer = edge.ask("/fields", fields(1_000));
        assertThat(answer).startsWith("HTTP/1.1 400 ").contains("1000 problems", "and 980 more", "\"more_errors\":980")
                .contains("\"f19\"").doesNotContain("f20");
        assertThat(edge.ask("/fields", "{\"temprature\":1}")).contains("did you mean 'temperature'");
    }

    @Test
    void aBodyFullOfFieldsIsRefusedInAFewWords() throws IOException {
        for (int count : new int[] {200_000, 350_000}) {
            String answer = edge.ask("/fields", fields(count));
            assertThat(answer).startsWith("HTTP/1.1 400 ").hasSizeLessThan(20_000);
        }
    }

    @ParameterizedTest
    @CsvSource({"[, ]", "'{\"a\":', }"})
    void aDeepBodyIsRefused(String open, String close) throws IOException {
        assertThat(edge.ask("/fields", "{\"known\":" + open.repeat(5_000) + "0" + close.repeat(5_000) + "}"))
                .startsWith("HTTP/1.1 400 ");
    }

    /** Their bytes are in no memory of the network's, and the room that they take is bounded. */
    @Test
    void bodiesThatNeverEndHoldABoundedMemory() throws Exception {
        long direct = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        long refused = budget.refused();
        String half = "x".repeat(LARGE);
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < 127; i++) {
                open.add(edge.connect(RunningEdge.head("/bytes", 2 * LARGE) + half));
            }
            Waiting.until(() -> budget.refused() > refused + 50);
            assertThat(budget.used()).isLessThanOrEqualTo(BUDGET);
            assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - direct).isLessThan(80L * 1024 * 1024);
            try (Socket late = edge.connect(RunningEdge.head("/bytes", LARGE) + half)) {
                byte[] heard = new byte[1_000];
                int length = late.getInputStream().read(heard);
                assertThat(new String(heard, 0, length, StandardCharsets.UTF_8)).startsWith("HTTP/1.1 503 ")
                        .contains("Retry-After: 2");
            }
            assertThat(edge.ask("/bytes", "{}")).startsWith("HTTP/1.1 200 ");
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        Waiting.until(() -> budget.used() == 0);
        assertThat(edge.ask("/bytes", half)).startsWith("HTTP/1.1 200 ");
        for (int i = 0; i < 20; i++) {
            edge.ask("/bytes", "{}");
        }
        System.gc();
        edge.ask("/bytes", half);
        assertThat(LEAKS.list).isEmpty();
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAtOnceOrWhenItIsSeen() throws IOException {
        try (Socket socket = edge.connect(RunningEdge.head("/bytes", Json.MAX_BODY_BYTES + 1))) {
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
                    .isEqualTo("HTTP/1.1 413");
        }
        assertThat(edge.ask("/bytes", "x".repeat(Json.MAX_BODY_BYTES))).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "br", "zstd", "deflate", "identity, gzip", "x"})
    void aPackedBodyIsRefused(String coding) throws IOException {
        assertThat(edge.ask("/bytes", "{}", "Content-Encoding: " + coding)).startsWith("HTTP/1.1 415 ")
                .contains("without Content-Encoding");
        assertThat(edge.ask("/bytes", "{}", "Content-Encoding: identity")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aWrongMethodIsToldTheRightOnes() throws IOException {
        try (Socket socket = edge.connect("DELETE /bytes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) {
            assertThat(RunningEdge.rest(socket)).startsWith("HTTP/1.1 405 ").contains("Allow: POST");
        }
    }
}
