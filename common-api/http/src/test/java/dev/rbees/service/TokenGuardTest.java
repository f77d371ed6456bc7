package dev.rbees.service;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
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
}
