package dev.rbees.orchestrator.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.rbees.orchestrator.testing.OrchestratorOverHttp;
import dev.rbees.orchestrator.testing.ScriptedWorker;

import static org.assertj.core.api.Assertions.assertThat;

/** What is refused, and what is told of that. */
class RefusalsHttpTest extends OrchestratorOverHttp {

    @Test
    void refusesWhenTheQueueIsFullAndSaysWhenToComeBack() {
        makeTinyKnown();
        for (int i = 0; i < CAPACITY; i++) {
            orchestrator.submit("say 1");
        }
        HttpResponse<String> refused = orchestrator.send("POST", "/v2/tasks", "{\"model\":\"tiny\",\"prompt\":\"x\"}");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(code(refused)).isEqualTo("QUEUE_FULL");
        assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow())).isBetween(1, 120);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "{\"model\":\"nothing\",\"prompt\":\"x\"}; 404; MODEL_NOT_FOUND",
        "{\"model\":\"tiny\"}; 400; INVALID_REQUEST",
        "{\"model\":\"tiny\",\"prompt\":\"x\",\"max_tokens\":0,\"temperature\":9}; 400; INVALID_REQUEST",
        "{\"model\":\"tiny\",\"prompt\":\"x\",\"colour\":1}; 400; INVALID_REQUEST",
        "{\"model\":\"tiny\",\"prompt\":\"x\",\"max_tokens\":500}; 400; CONTEXT_LENGTH_EXCEEDED",
        "{nope; 400; INVALID_REQUEST",
        "[]; 400; INVALID_REQUEST"})
    void refusesWhatCannotWork(String body, int status, String code) {
        worker("w1", 1);
        HttpResponse<String> refused = orchestrator.send("POST", "/v2/tasks", body);
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(code(refused)).isEqualTo(code);
        assertThat(body(refused).at("/error/correlation_id").asString())
                .isEqualTo(refused.headers().firstValue("X-Correlation-Id").orElseThrow());
    }

    @Test
    void asksAWorkerForTheLengthOfALongPrompt() {
        worker("w1", 1);
        HttpResponse<String> fits = orchestrator.send("POST", "/v2/tasks",
                "{\"model\":\"tiny\",\"prompt\":\"" + "longword ".repeat(60) + "\",\"max_tokens\":60}");
        assertThat(fits.statusCode()).isEqualTo(202);
        HttpResponse<String> refused = orchestrator.send("POST", "/v2/tasks",
                "{\"model\":\"tiny\",\"prompt\":\"" + "longword ".repeat(100) + "\",\"max_tokens\":60}");
        assertThat(code(refused)).isEqualTo("CONTEXT_LENGTH_EXCEEDED");
        assertThat(body(refused).at("/error/message").asString()).contains("100 tokens", "128");
    }

    @Test
    void aLongPromptThatNobodyCountsGoesWhereItFitsForSure() throws IOException {
        worker("short", 4);
        try (ScriptedWorker roomy = new ScriptedWorker("roomy", "tiny", 4)) {
            orchestrator.register(roomy.registration().replace("\"context_length\":128", "\"context_length\":8192"));
            for (int i = 0; i < 4; i++) {
                String id = orchestrator.submit("say 1 " + "uncounted ".repeat(60));
                orchestrator.awaitStatus(id, "COMPLETED");
                assertThat(orchestrator.task(id).get("worker_id").asString()).isEqualTo("roomy");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, /v2/tasks/nope, 404, TASK_NOT_FOUND", "GET, /v2/tasks/nope/events, 404, TASK_NOT_FOUND",
        "DELETE, /v2/tasks/nope, 404, TASK_NOT_FOUND", "GET, /v2/nothing, 404, NOT_FOUND",
        "PUT, /v2/tasks, 405, METHOD_NOT_ALLOWED", "GET, /v2/tasks?status=odd, 400, INVALID_REQUEST",
        "GET, /v2/tasks?limit=0, 400, INVALID_REQUEST"})
    void refusesWithACode(String method, String path, int status, String code) {
        HttpResponse<String> refused = orchestrator.send(method, path, "");
        assertThat(refused.statusCode()).isEqualTo(status);
        assertThat(code(refused)).isEqualTo(code);
    }

    @Test
    void answersOnlyUnderTheNamesOfThisMachine() throws IOException {
        // why: the JDK's client does not let anybody set a Host header
        int port = URI.create(orchestrator.base()).getPort();
        try (java.net.Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).startsWith("HTTP/1.1 421").contains("MISDIRECTED_REQUEST");
        }
        assertThat(code(orchestrator.send("GET", "/v2/tasks", "", "Origin", "https://evil.example"))).isEqualTo("FORBIDDEN");
    }
}
