package dev.rbees.service;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpStatusCode;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.http.server.reactive.MockServerHttpResponse;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a failed request is told, and under which id. */
class ErrorRenderingTest {

    private static MockServerWebExchange exchange(String... correlationId) {
        return MockServerWebExchange.from(MockServerHttpRequest.get("/x").header(CorrelationFilter.HEADER, correlationId));
    }

    private static MockServerHttpResponse answer(ErrorFormat format, RbeesException failure) {
        MockServerWebExchange exchange = exchange("abc-1");
        new ErrorRendering(format).handle(exchange, failure).block();
        return exchange.getResponse();
    }

    private static JsonNode body(MockServerHttpResponse response) {
        return Json.readTree(response.getBodyAsString().blockOptional().orElseThrow().getBytes(UTF_8));
    }

    @Test
    void tellsTheCodeItsStatusAndTheId() {
        MockServerHttpResponse response = answer(ErrorFormat.NATIVE,
                new RbeesException(ErrorCode.TASK_NOT_FOUND, "no task 7", Map.of("id", "7")));
        assertThat(response.getStatusCode()).hasToString("404 NOT_FOUND");
        assertThat(response.getHeaders().getContentType()).hasToString("application/json");
        assertThat(response.getHeaders().containsHeader("Retry-After")).isFalse();
        assertThat(body(response)).isEqualTo(Json.readTree(
                """
                {"error":{"code":"TASK_NOT_FOUND","message":"no task 7","details":{"id":"7"},"correlation_id":"abc-1"}}"""
                        .getBytes(UTF_8)));
    }

    @ParameterizedTest
    @CsvSource({"PT0.2S, 1", "PT7S, 7", "PT1H, 120"})
    void saysWhenToComeBackInWholeSecondsAndNeverAtOnce(Duration wait, String seconds) {
        MockServerHttpResponse response = answer(ErrorFormat.NATIVE,
                RbeesException.busy(ErrorCode.QUEUE_FULL, "full", wait));
        assertThat(response.getHeaders().getFirst("Retry-After")).isEqualTo(seconds);
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyRefusalThatPassesSaysWhenToComeBack(ErrorCode code) {
        String wait = answer(ErrorFormat.NATIVE, new RbeesException(code, "no")).getHeaders().getFirst("Retry-After");
        if (code.httpStatus() == 429 || code.httpStatus() == 503) {
            assertThat(Integer.parseInt(wait)).isBetween(1, 120);
        } else {
            assertThat(wait).isNull();
        }
    }

    @Test
    void usesTheShapeThatItWasGiven() {
        ErrorFormat shape = (exchange, failure, id) -> Map.of(exchange.getRequest().getPath().value(),
                failure.code() + " " + id);
        assertThat(body(answer(shape, new RbeesException(ErrorCode.CONFLICT, "x"))).get("/x").asString())
                .isEqualTo("CONFLICT abc-1");
    }

    @Test
    void leavesAnAnswerAloneThatHasBegun() {
        MockServerWebExchange exchange = exchange("abc-1");
        exchange.getResponse().setComplete().block();
        IllegalStateException late = new IllegalStateException("late");
        assertThatThrownBy(() -> new ErrorRendering(ErrorFormat.NATIVE).handle(exchange, late).block()).isSameAs(late);
    }

    @ParameterizedTest
    @CsvSource({"404, NOT_FOUND", "405, METHOD_NOT_ALLOWED", "415, UNSUPPORTED_MEDIA_TYPE", "413, PAYLOAD_TOO_LARGE",
        "400, INVALID_REQUEST", "406, INVALID_REQUEST"})
    void translatesWhatTheFrameworkRefuses(int status, ErrorCode code) {
        ResponseStatusException refused = new ResponseStatusException(
                HttpStatusCode.valueOf(status), "a detail of the framework");
        assertThat(ApiFailure.of(refused).code()).isEqualTo(code);
        assertThat(ApiFailure.of(refused).userMessage()).doesNotContain("a detail");
    }

    @Test
    void findsTheReasonInsideOfWrappings() {
        RbeesException known = new RbeesException(ErrorCode.DRAINING, "going");
        assertThat(ApiFailure.of(new IllegalStateException(known))).isSameAs(known);
        assertThat(ApiFailure.of(new IllegalStateException(new DataBufferLimitException("x"))).code())
                .isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
        RbeesException unknown = ApiFailure.of(new IllegalStateException("a detail"));
        assertThat(unknown.code()).isEqualTo(ErrorCode.INTERNAL);
        assertThat(unknown.userMessage()).doesNotContain("a detail");
    }

    @Test
    void keepsAHarmlessIdOfTheCallerAndEchoesIt() {
        MockServerWebExchange exchange = exchange("abc-1");
        new CorrelationFilter().filter(exchange, _ -> Mono.empty()).block();
        assertThat(CorrelationFilter.idOf(exchange)).isEqualTo("abc-1");
        assertThat(exchange.getResponse().getHeaders().getFirst(CorrelationFilter.HEADER)).isEqualTo("abc-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "ä", "a_b",
        "0123456789012345678901234567890123456789012345678901234567890123x"})
    void replacesAnyOtherIdByOneThatStays(String given) {
        MockServerWebExchange exchange = exchange(given);
        String id = CorrelationFilter.idOf(exchange);
        assertThat(UUID.fromString(id)).hasToString(id);
        assertThat(CorrelationFilter.idOf(exchange)).isEqualTo(id);
    }
}
