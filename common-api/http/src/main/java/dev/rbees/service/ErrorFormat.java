package dev.rbees.service;

import org.springframework.web.server.ServerWebExchange;

import dev.rbees.api.error.ErrorBody;
import dev.rbees.api.error.RbeesException;

/** The shape in which a failure is told. */
@FunctionalInterface
public interface ErrorFormat {

    /** Our own envelope. */
    ErrorFormat NATIVE = (_, failure, correlationId) -> ErrorBody.of(failure, correlationId);

    /** The body of the answer, to be written as JSON. */
    Object body(ServerWebExchange exchange, RbeesException failure, String correlationId);
}
