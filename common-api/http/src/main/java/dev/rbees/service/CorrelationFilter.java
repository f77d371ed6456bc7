package dev.rbees.service;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import dev.rbees.api.Ids;

/** Gives every request an id that its answer, its errors and its log lines carry: the caller's, when it is harmless. */
@Order(Ordered.HIGHEST_PRECEDENCE)
public final class CorrelationFilter implements WebFilter {

    public static final String HEADER = "X-Correlation-Id";

    /** The field of a log line that holds the id. */
    static final String LOG_FIELD = "correlation_id";

    private static final String ATTRIBUTE = CorrelationFilter.class.getName();

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        exchange.getResponse().getHeaders().set(HEADER, idOf(exchange));
        return chain.filter(exchange);
    }

    /** The id of a request that has not come so far as to be an exchange. */
    public static String idOf(ServerHttpRequest request) {
        String given = request.getHeaders().getFirst(HEADER);
        return given != null && Ids.isCorrelationId(given) ? given : fresh();
    }

    /** The id of a request. */
    public static String idOf(ServerWebExchange exchange) {
        return (String) exchange.getAttributes().computeIfAbsent(ATTRIBUTE, _ -> idOf(exchange.getRequest()));
    }

    /** why: it tells requests apart and is no secret; the usual way reads a file, which an event loop must not. */
    static String fresh() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & ~0xf000L) | 0x4000L;
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    /** The log lines that this thread writes until the answer is closed carry the id. */
    public static MDC.MDCCloseable logging(String correlationId) {
        return MDC.putCloseable(LOG_FIELD, correlationId);
    }
}
