package dev.rbees.service;

import java.nio.charset.StandardCharsets;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

/** The one place where a failed request becomes an answer. */
@Order(-2) // why: before the handler of the framework
public final class ErrorRendering implements WebExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorRendering.class);

    /** In seconds. why: clients of OpenAI's do not come back at all when they are told to wait longer. */
    private static final int LONGEST_RETRY = 120;

    private final ErrorFormat format;

    public ErrorRendering(ErrorFormat format) {
        this.format = format;
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange, Throwable thrown) {
        ServerHttpResponse response = exchange.getResponse();
        if (response.isCommitted()) {
            return Mono.error(thrown);
        }
        if (thrown instanceof AbortedException) {
            // why: the client has gone, so nobody hears an answer and nobody has to act
            LOG.debug("{} {}: the client left", exchange.getRequest().getMethod(), exchange.getRequest().getPath());
            return Mono.empty();
        }
        RbeesException failure = ApiFailure.of(thrown);
        String correlationId = CorrelationFilter.idOf(exchange);
        if (failure.code() == ErrorCode.INTERNAL) {
            try (MDC.MDCCloseable _ = CorrelationFilter.logging(correlationId)) {
                LOG.error("{} {} failed", exchange.getRequest().getMethod(), exchange.getRequest().getPath(), thrown);
            }
        }
        response.setStatusCode(HttpStatusCode.valueOf(failure.code().httpStatus()));
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        if (failure.retryAfter() != null) {
            response.getHeaders().set(HttpHeaders.RETRY_AFTER,
                    Long.toString(Math.clamp(failure.retryAfter().toSeconds(), 1, LONGEST_RETRY)));
        }
        byte[] body = Json.write(format.body(exchange, failure, correlationId)).getBytes(StandardCharsets.UTF_8);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }
}
