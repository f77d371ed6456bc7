package dev.rbees.service;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * Lets in who shows a token that is known, and says who that is; where it came from is of no account. Whoever shows a wrong one
 * {@link #MOST_FAILURES} times within a minute is not even told that it is wrong. The right one is always let in.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
public final class TokenGuard implements WebFilter {

    /** They say that the program lives, and nothing that anybody asked it. */
    private static final Set<String> OPEN = Set.of("/health", "/health/live", "/health/ready");
    private static final String PREFIX = "Bearer ";
    private static final int LONGEST = 8192;
    private static final int MOST_FAILURES = 10;
    static final int MOST_PEERS = 10_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Optional<Keyring> keys;
    private final LongSupplier nanoTime;
    @GuardedBy("this")
    private final Map<String, Failures> failures = new LinkedHashMap<>();

    private record Failures(long since, int count) {}

    /** @param keys empty where everybody may do everything */
    TokenGuard(Optional<Keyring> keys, LongSupplier nanoTime) {
        this.keys = keys;
        this.nanoTime = nanoTime;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        ServerHttpRequest request = exchange.getRequest();
        if (keys.isEmpty()) {
            Caller.OPERATOR.put(exchange);
            return chain.filter(exchange);
        }
        if (isOpen(request.getPath().value())) {
            return chain.filter(exchange);
        }
        Optional<Caller> caller = shown(request).flatMap(keys.get()::holder);
        caller.ifPresent(known -> known.put(exchange));
        if (caller.isPresent()) {
            return chain.filter(exchange);
        }
        keys.get().refused(address(request));
        return Mono.error(refusal(request));
    }

    /** Whether everybody may see what is there, without a token: signs of life. */
    public static boolean isOpen(String path) {
        return OPEN.contains(path);
    }

    /** Addresses whose failures are remembered; never more than so many, whoever comes from wherever. */
    synchronized int remembered() {
        return failures.size();
    }

    private static Optional<String> shown(ServerHttpRequest request) {
        List<String> headers = request.getHeaders().getOrDefault(HttpHeaders.AUTHORIZATION, List.of());
        if (headers.size() != 1 || headers.getFirst().length() > LONGEST || !headers.getFirst().startsWith(PREFIX)) {
            return Optional.empty();
        }
        return Optional.of(headers.getFirst().substring(PREFIX.length()).strip()).filter(text -> !text.isEmpty());
    }

    private RbeesException refusal(ServerHttpRequest request) {
        if (tooMany(address(request))) {
            return RbeesException.busy(ErrorCode.QUOTA_EXCEEDED, "too many requests with a wrong token; try again later",
                    MINUTE);
        }
        return new RbeesException(ErrorCode.UNAUTHORIZED, request.getHeaders().containsHeader(HttpHeaders.AUTHORIZATION)
                ? "this token is not known here; is RBEES_API_TOKEN_FILE the right one?"
                : "this program asks for a token: send it as Authorization: Bearer …, or set RBEES_API_TOKEN_FILE");
    }

    private static String address(ServerHttpRequest request) {
        return AddressPrefix.of(request.getRemoteAddress());
    }

    private synchronized boolean tooMany(String address) {
        long now = nanoTime.getAsLong();
        Failures before = failures.remove(address);
        Failures after = before == null || now - before.since() > MINUTE.toNanos()
                ? new Failures(now, 1)
                : new Failures(before.since(), before.count() + 1);
        failures.put(address, after);
        if (failures.size() > MOST_PEERS) {
            failures.remove(failures.keySet().iterator().next());
        }
        return after.count() > MOST_FAILURES;
    }
}
