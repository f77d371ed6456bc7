package dev.rbees.pool.model;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Servers that want to be asked again later. */
class BusyServerTest {

    private static final DownloadLimits QUICK = new DownloadLimits(4, Duration.ofSeconds(5), Duration.ofMillis(1),
            Duration.ofSeconds(2), 0, _ -> Long.MAX_VALUE);

    private final List<String> said = new ArrayList<>();
    private final AtomicInteger busy = new AtomicInteger();
    private RawHttpServer server;
    private HttpGet http;

    @BeforeEach
    void start() throws Exception {
        server = new RawHttpServer((_, out) -> RawHttpServer.head(out, 200, "Content-Length: 2"));
        http = new HttpGet(Map.of(), said::add);
    }

    @AfterEach
    void stop() throws Exception {
        http.close();
        server.close();
    }

    private void busy(int times, int status, String... headers) {
        busy.set(times);
        server.answerWith((_, out) -> {
            if (busy.getAndDecrement() > 0) {
                RawHttpServer.head(out, status, headers);
            } else {
                RawHttpServer.head(out, 200, "Content-Length: 2");
                out.write(new byte[] {'o', 'k'});
            }
        });
    }

    private HttpGet.Document ask() throws Exception {
        return http.document(URI.create(server.url() + "/x"), Map.of(), 100, QUICK);
    }

    private String refusal() {
        return catchThrowableOfType(SourceException.class, this::ask).reason();
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
    void isAskedAgainAFewTimes(int status) throws Exception {
        busy(3, status);
        assertThat(ask().body()).containsExactly('o', 'k');
        assertThat(server.requests()).hasSize(4);

        busy(4, status);
        assertThat(refusal()).isEqualTo("HTTP " + status);
        assertThat(server.requests()).hasSize(8);
    }

    @Test
    void isLeftAloneAsLongAsItWantsUpToALimit() throws Exception {
        busy(1, 429, "Retry-After: 2");
        long start = System.nanoTime();
        assertThat(ask().status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(said).containsExactly("HTTP 429; trying again in 2 s");

        busy(1, 429, "Retry-After: 3600");
        assertThat(refusal()).isEqualTo("HTTP 429, and wants to be asked again only in 3600 s");
    }

    @Test
    void aServerThatIsNotThereIsNotAskedAgain() throws Exception {
        server.close();

        assertThat(refusal()).isEqualTo("no connection");
    }

    @Test
    void anAnswerThatIsTooLongIsNotRead() {
        server.answerWith((_, out) -> {
            RawHttpServer.head(out, 200);
            for (int i = 0; i < 1_000; i++) {
                out.write(new byte[1_000]);
            }
        });

        assertThat(refusal()).isEqualTo("its answer is longer than 100 bytes");
    }

    @ParameterizedTest
    @CsvSource({"120, 120", "' 7 ', 7", "-1, 0", "soon, 0", "'', 0", "99999999999, 0",
        "'Fri, 27 Nov 2026 12:00:30 GMT', 30", "'Fri, 27 Nov 2026 11:00:00 GMT', 0"})
    void readsBothFormsOfTheHeader(String header, long seconds) {
        assertThat(RetryAfter.of(header, Instant.parse("2026-11-27T12:00:00Z"))).isEqualTo(Duration.ofSeconds(seconds));
    }
}
