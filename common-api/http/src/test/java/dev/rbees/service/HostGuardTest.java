package dev.rbees.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.ApiToken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which requests a program on loopback answers. */
class HostGuardTest {

    private static boolean passes(MockServerHttpRequest request) {
        return passes(request, Access.LOOPBACK);
    }

    private static boolean passes(MockServerHttpRequest request, Access access) {
        AtomicBoolean reached = new AtomicBoolean();
        new HostGuard(access).filter(MockServerWebExchange.from(request), _ -> Mono.fromRunnable(() -> reached.set(true)))
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

    @ParameterizedTest
    @CsvSource({"192.168.1.7:8080, , true", "[fd00::1]:8080, , true", "server.lan, , true", "SERVER.lan:8080, , true",
        "evil.example, , false", "server.lan.evil.example, , false", "server.lan:8080, http://server.lan:8080, true",
        "server.lan:8080, http://evil.example, false", "192.168.1.7, http://192.168.1.9, false"})
    void withATokenItAnswersToAddressesAndToTheNamesItWasGiven(String host, String origin, boolean allowed,
            @TempDir Path folder)
            throws IOException {
        Access access = new Access(token(folder), Set.of("server.lan"), Optional.of("--allowed-hosts"));
        MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get("/v2/tasks").header("Host", host);
        if (origin != null) {
            request.header("Origin", origin);
        }
        if (allowed) {
            assertThat(passes(request.build(), access)).isTrue();
        } else {
            assertThatThrownBy(() -> passes(request.build(), access)).isInstanceOf(RbeesException.class);
        }
    }

    @Test
    void namesTheOptionForNamesOnlyWhereThereIsOne(@TempDir Path folder) throws IOException {
        MockServerHttpRequest request = MockServerHttpRequest.get("/v2/tasks").header("Host", "server.lan").build();
        Access orchestrator = new Access(token(folder), Set.of(), Optional.of("--allowed-hosts"));
        assertThatThrownBy(() -> passes(request, orchestrator)).hasMessageEndingWith("or name it with --allowed-hosts");
        Access worker = Access.byAddress(orchestrator.token());
        assertThatThrownBy(() -> passes(request, worker)).hasMessageEndingWith("call it by its address");
    }

    private static Optional<ApiToken> token(Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "t".repeat(32));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return Optional.of(ApiToken.read(file));
    }
}
