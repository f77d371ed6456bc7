package dev.rbees.service;

import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which requests a program on loopback answers. */
class LoopbackGuardTest {

    private static boolean passes(MockServerHttpRequest request) {
        AtomicBoolean reached = new AtomicBoolean();
        new LoopbackGuard().filter(MockServerWebExchange.from(request), _ -> Mono.fromRunnable(() -> reached.set(true)))
                .block();
        return reached.get();
    }

    private static void refuses(MockServerHttpRequest request, ErrorCode code) {
        assertThatThrownBy(() -> passes(request)).isInstanceOfSatisfying(RbeesException.class,
                failure -> assertThat(failure.code()).isEqualTo(code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.1:8080", "127.1.2.3:1", "localhost", "LOCALHOST:8080", "[::1]:8080"})
    void answersUnderTheNamesOfThisMachine(String host) {
        assertThat(passes(MockServerHttpRequest.get("/health").header("Host", host).build())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example",
        "10.0.0.1", "[::2]", "user@127.0.0.1", "127.0.0.1 evil", ""})
    void refusesOtherNamesSoThatRebindingIsOfNoUse(String host) {
        refuses(MockServerHttpRequest.get("/health").header("Host", host).build(), ErrorCode.MISDIRECTED_REQUEST);
    }

    @Test
    void refusesARequestThatNamesNoHostOrTwo() {
        refuses(MockServerHttpRequest.get("/health").build(), ErrorCode.MISDIRECTED_REQUEST);
        refuses(MockServerHttpRequest.get("/health").header("Host", "localhost", "evil.example").build(),
                ErrorCode.MISDIRECTED_REQUEST);
    }

    @ParameterizedTest
    @CsvSource({"http://localhost:3000, true", "http://127.0.0.1, true", "http://[::1]:8080, true",
        "https://evil.example, false", "http://127.0.0.1.evil.example, false", "null, false", "file://, false"})
    void letsOnlyPagesOfThisMachineIn(String origin, boolean allowed) {
        MockServerHttpRequest request = MockServerHttpRequest.get("/v2/tasks").header("Host", "localhost")
                .header("Origin", origin).build();
        if (allowed) {
            assertThat(passes(request)).isTrue();
        } else {
            refuses(request, ErrorCode.FORBIDDEN);
        }
    }

    @Test
    void refusesWhatTheBrowserCallsCrossSite() {
        refuses(MockServerHttpRequest.get("/v2/tasks").header("Host", "localhost").header("Sec-Fetch-Site", "cross-site")
                .build(), ErrorCode.FORBIDDEN);
        assertThat(passes(MockServerHttpRequest.get("/v2/tasks").header("Host", "localhost")
                .header("Sec-Fetch-Site", "same-origin").build())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"})
    void refusesBodiesThatAFormCanSend(String type) {
        refuses(MockServerHttpRequest.post("/v2/tasks").header("Host", "localhost").contentType(MediaType.valueOf(type))
                .body("{}"), ErrorCode.UNSUPPORTED_MEDIA_TYPE);
    }

    @Test
    void refusesABodyWithoutAType() {
        refuses(MockServerHttpRequest.post("/v2/tasks").header("Host", "localhost").header("Content-Length", "2").body("{}"),
                ErrorCode.UNSUPPORTED_MEDIA_TYPE);
    }

    @Test
    void takesJsonAndRequestsWithoutABody() {
        assertThat(passes(MockServerHttpRequest.post("/v2/tasks").header("Host", "localhost")
                .header("Content-Type", "application/json;charset=UTF-8").body("{}"))).isTrue();
        assertThat(passes(MockServerHttpRequest.delete("/v2/tasks/x").header("Host", "localhost").build())).isTrue();
        assertThat(passes(MockServerHttpRequest.post("/v2/tasks/x/cancel").header("Host", "localhost").build())).isTrue();
    }
}
