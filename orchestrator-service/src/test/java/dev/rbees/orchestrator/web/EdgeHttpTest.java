package dev.rbees.orchestrator.web;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.api.json.Json;
import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.orchestrator.testing.ScriptedWorker;

import static org.assertj.core.api.Assertions.assertThat;

/** The orchestrator's door: what is refused, and how it is said. */
class EdgeHttpTest {

    @TempDir
    Path home;

    private RunningOrchestrator orchestrator;

    @BeforeEach
    void start() {
        orchestrator = new RunningOrchestrator(home.resolve("home"), 3);
    }

    @AfterEach
    void stop() {
        orchestrator.close();
    }

    private static String code(HttpResponse<String> response) {
        return Json.readTree(response.body().getBytes(StandardCharsets.UTF_8)).at("/error/code").asString();
    }

    @ParameterizedTest
    @CsvSource({"PATCH, /v2/tasks, 'GET,POST'", "PUT, /v2/tasks/x, 'DELETE,GET'", "GET, /v1/chat/completions, POST"})
    void aWrongMethodIsToldTheRightOnes(String method, String path, String allowed) {
        HttpResponse<String> refused = orchestrator.send(method, path, "");
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("Allow").orElseThrow().split(", *"))
                .containsExactlyInAnyOrder(allowed.split(","));
    }

    @ParameterizedTest
    @CsvSource({"/v2/tasks", "/v1/chat/completions", "/v1/embeddings", "/v2/sessions", "/v2/workers/register"})
    void aPackedBodyIsRefused(String path) {
        assertThat(orchestrator.send("POST", path, "{}", "Content-Encoding", "gzip").statusCode()).isEqualTo(415);
    }

    @Test
    void aMillionMistakesCostNoMoreThanTwenty() {
        String fields = IntStream.range(0, 250_000).mapToObj(i -> "\"f" + i + "\":0")
                .collect(Collectors.joining(",", "{", "}"));
        for (String path : new String[] {"/v2/tasks", "/v1/chat/completions"}) {
            HttpResponse<String> refused = orchestrator.send("POST", path, fields);
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(refused.body()).hasSizeLessThan(20_000).contains("more");
        }
    }

    @Test
    void aBudgetThatIsUsedUpSaysWhenToComeBack() throws Exception {
        try (ScriptedWorker worker = new ScriptedWorker("w1", "tiny", 1)) {
            orchestrator.register(worker);
            assertThat(orchestrator.send("POST", "/v2/sessions", "{\"session_id\":\"s\",\"token_budget\":5}").statusCode())
                    .isEqualTo(201);
            HttpResponse<String> refused = orchestrator.send("POST", "/v2/tasks",
                    "{\"model\":\"tiny\",\"prompt\":\"say 2\",\"max_tokens\":100,\"session_id\":\"s\"}");
            assertThat(code(refused)).isEqualTo("QUOTA_EXCEEDED");
            assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(1L, 120L);
        }
    }

    @Test
    void aProgramWithAThreadThatFailedIsNotReady() {
        assertThat(orchestrator.send("GET", "/health/ready", "").statusCode()).isEqualTo(200);
        orchestrator.liveness().failed("control", new IllegalStateException("a fault"));
        HttpResponse<String> not = orchestrator.send("GET", "/health/ready", "");
        assertThat(not.statusCode()).isEqualTo(503);
        assertThat(not.body()).contains("\"failed\"").doesNotContain("a fault");
        assertThat(orchestrator.send("GET", "/health/live", "").statusCode()).isEqualTo(200);
    }

    @Test
    void theEdgeIsMeasured() {
        assertThat(orchestrator.send("GET", "/metrics", "").body()).contains("rbees_connections_open 1.0",
                "rbees_connections_cut_total{reason=\"head\"} 0.0", "rbees_request_body_bytes 0.0",
                "rbees_requests_malformed_total 0.0", "rbees_request_bodies_refused_total 0.0");
    }
}
