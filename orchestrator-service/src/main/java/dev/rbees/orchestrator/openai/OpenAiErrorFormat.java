package dev.rbees.orchestrator.openai;

import org.springframework.web.server.ServerWebExchange;

import dev.rbees.api.error.RbeesException;
import dev.rbees.service.ErrorFormat;

/** Errors below {@code /v1} look like OpenAI's, all others like ours. */
public final class OpenAiErrorFormat implements ErrorFormat {

    @Override
    public Object body(ServerWebExchange exchange, RbeesException failure, String correlationId) {
        return exchange.getRequest().getPath().value().startsWith("/v1/")
                ? OpenAiError.of(failure)
                : NATIVE.body(exchange, failure, correlationId);
    }
}
