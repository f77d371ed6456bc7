package dev.rbees.service;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.ErrorResponse;
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

    /** Headers of the framework that say what would have been right. */
    private static final List<String> WHAT_WOULD_DO = List.of(HttpHeaders.ALLOW, HttpHeaders.ACCEPT);

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
        RetryAfter.seconds(failure)
                .ifPresent(seconds -> response.getHeaders().set(HttpHeaders.RETRY_AFTER, seconds.toString()));
        if (thrown instanceof ErrorResponse told) {
            WHAT_WOULD_DO.forEach(name -> copy(told.getHeaders(), name, response.getHeaders()));
        }
        byte[] body = Json.write(format.body(exchange, failure, correlationId)).getBytes(StandardCharsets.UTF_8);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    private static void copy(HttpHeaders from, String name, HttpHeaders to) {
        List<String> values = from.get(name);
        if (values != null) {
            to.put(name, values);
        }
    }
}
