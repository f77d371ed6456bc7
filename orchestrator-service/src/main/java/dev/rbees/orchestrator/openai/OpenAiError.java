package dev.rbees.orchestrator.openai;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.FieldError;
import dev.rbees.api.error.RbeesException;

/** Our errors in OpenAI's shape. */
record OpenAiError(Content error) {

    record Content(String message, String type, @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String param,
            String code) {}

    static OpenAiError of(RbeesException failure) {
        String param = failure.details().get("errors") instanceof List<?> errors && !errors.isEmpty()
                && errors.getFirst() instanceof FieldError first ? first.field() : null;
        return of(failure.code(), failure.userMessage(), param);
    }

    static OpenAiError of(ErrorCode code, String message, @Nullable String param) {
        return new OpenAiError(new Content(message, type(code), param, code.name()));
    }

    private static String type(ErrorCode code) {
        return switch (code) {
            case UNAUTHORIZED -> "authentication_error";
            case FORBIDDEN -> "permission_error";
            case QUEUE_FULL, QUOTA_EXCEEDED -> "rate_limit_error";
            default -> code.category() == ErrorCode.Category.CLIENT ? "invalid_request_error" : "server_error";
        };
    }
}
