package dev.rbees.service;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.home.ApiToken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Who is let in. */
class TokenGuardTest {

    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private TokenGuard guard;
    private long now;

    @BeforeEach
    void prepare() throws IOException {
        Path file = Files.writeString(folder.resolve("token"), SECRET + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        guard = new TokenGuard(Optional.of(keys(ApiToken.read(file))), () -> now);
    }

    private static Keyring keys(ApiToken token) {
        return shown -> token.matches(shown) ? Optional.of(Caller.OPERATOR) : Optional.empty();
    }

    private Optional<ErrorCode> refusal(String path, String... authorization) {
        AtomicBoolean reached = new AtomicBoolean();
        MockServerHttpRequest request = MockServerHttpRequest.get(path).header("Authorization", authorization)
                .header("X-Forwarded-For", "127.0.0.1").remoteAddress(new InetSocketAddress("10.0.0.9", 1)).build();
        RbeesException refused = catchThrowableOfType(RbeesException.class, () -> guard
                .filter(MockServerWebExchange.from(request), _ -> Mono.fromRunnable(() -> reached.set(true))).block());
        assertThat(reached.get()).isEqualTo(refused == null);
        return Optional.ofNullable(refused).map(RbeesException::code);
    }

    @Test
    void letsInWhoShowsTheToken() {
        assertThat(refusal("/v2/tasks", "Bearer " + SECRET)).isEmpty();
        assertThat(refusal("/v2/tasks", "Bearer   " + SECRET + " ")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "bearer " + SECRET, SECRET, "Basic " + SECRET, "Bearer x" + SECRET,
        "Bearer " + SECRET + "x"})
    void keepsOthersOut(String authorization) {
        assertThat(refusal("/v2/tasks", authorization)).contains(ErrorCode.UNAUTHORIZED);
        assertThat(refusal("/metrics", authorization)).contains(ErrorCode.UNAUTHORIZED);
        assertThat(refusal("/health/", authorization)).contains(ErrorCode.UNAUTHORIZED);
    }

    @Test
    void keepsOutWhoShowsNoneOrTwo() {
        assertThat(refusal("/v2/tasks")).contains(ErrorCode.UNAUTHORIZED);
        assertThat(refusal("/v2/tasks", "Bearer " + SECRET, "Bearer " + SECRET)).contains(ErrorCode.UNAUTHORIZED);
    }

    @Test
    void signsOfLifeAreOpen() {
        assertThat(refusal("/health")).isEmpty();
        assertThat(refusal("/health/ready")).isEmpty();
    }

    @Test
    void whoGuessesIsStoppedAndWhoKnowsIsNot() {
        for (int i = 0; i < 10; i++) {
            assertThat(refusal("/v2/tasks", "Bearer wrong")).contains(ErrorCode.UNAUTHORIZED);
        }
        assertThat(refusal("/v2/tasks", "Bearer wrong")).contains(ErrorCode.QUOTA_EXCEEDED);
        assertThat(refusal("/v2/tasks", "Bearer " + SECRET)).isEmpty();
        now += Duration.ofSeconds(61).toNanos();
        assertThat(refusal("/v2/tasks", "Bearer wrong")).contains(ErrorCode.UNAUTHORIZED);
    }

    @Test
    void withoutATokenEverybodyIsLetIn() {
        guard = new TokenGuard(Optional.empty(), () -> now);
        assertThat(refusal("/v2/tasks")).isEmpty();
    }

    private Caller callerAt(String path, String... authorization) {
        MockServerWebExchange exchange = MockServerWebExchange
                .from(MockServerHttpRequest.get(path).header("Authorization", authorization).build());
        guard.filter(exchange, _ -> Mono.empty()).block();
        return Caller.of(exchange);
    }

    @Test
    void whoHasNotShownWhoItIsIsNobody() {
        assertThat(Caller.of(MockServerWebExchange.from(MockServerHttpRequest.get("/v2/tasks")))).isEqualTo(Caller.NOBODY);
        assertThat(callerAt("/health")).isEqualTo(Caller.NOBODY);
        assertThat(callerAt("/v2/tasks", "Bearer " + SECRET)).isEqualTo(Caller.OPERATOR);
        guard = new TokenGuard(Optional.empty(), () -> now);
        assertThat(callerAt("/v2/tasks")).isEqualTo(Caller.OPERATOR);
    }

    @Test
    void nobodyAndWorkersDoNotPassForTheInstallation() {
        for (Caller caller : List.of(Caller.NOBODY, Caller.WORKER)) {
            assertThat(caller.mayUse(null)).isFalse();
            assertThat(caller.mayUse("a")).isFalse();
            assertThat(catchThrowableOfType(RbeesException.class, caller::tenant)).isNotNull();
        }
        assertThat(Caller.OPERATOR.tenant()).isNull();
        assertThat(Caller.of("a").mayUse("a")).isTrue();
        assertThat(Caller.of("a").mayUse("b")).isFalse();
        assertThat(Caller.of("a").mayUse(null)).isFalse();
    }

    private void fail(InetAddress address) {
        MockServerHttpRequest request = MockServerHttpRequest.get("/v2/tasks").header("Authorization", "Bearer wrong")
                .remoteAddress(new InetSocketAddress(address, 1)).build();
        assertThat(catchThrowableOfType(RbeesException.class,
                () -> guard.filter(MockServerWebExchange.from(request), _ -> Mono.empty()).block())).isNotNull();
    }

    @Test
    void failuresAreRememberedOfSoManyAddressesAndOfAPrefixTogether() throws IOException {
        for (int i = 0; i < 1_000; i++) {
            fail(InetAddress.getByName("2001:db8::" + Integer.toHexString(i)));
        }
        assertThat(guard.remembered()).isEqualTo(1);
        for (int i = 0; i < TokenGuard.MOST_PEERS + 500; i++) {
            fail(InetAddress.getByAddress(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i}));
        }
        assertThat(guard.remembered()).isEqualTo(TokenGuard.MOST_PEERS);
    }
}
