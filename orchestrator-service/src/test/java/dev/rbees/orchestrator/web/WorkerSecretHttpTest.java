package dev.rbees.orchestrator.web;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.orchestrator.testing.ScriptedWorker;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** A worker's id belongs to it while it lives, over real HTTP. */
class WorkerSecretHttpTest {

    @TempDir
    Path home;

    private RunningOrchestrator orchestrator;
    private ScriptedWorker real;
    private ScriptedWorker thief;

    @BeforeEach
    void start() throws IOException {
        orchestrator = new RunningOrchestrator(home.resolve("home"), 3);
        real = new ScriptedWorker("mine", "tiny", 1);
        thief = new ScriptedWorker("mine", "tiny", 1);
    }

    @AfterEach
    void stop() {
        real.close();
        thief.close();
        orchestrator.close();
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.readTree(response.body().getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> register(String body) {
        return orchestrator.send("POST", "/v2/workers/register", body);
    }

    private int beat(String fields) {
        return orchestrator
                .send("POST", "/v2/workers/mine/heartbeat", "{\"status\":\"ready\",\"slots_free\":1" + fields + "}")
                .statusCode();
    }

    @Test
    void anotherProcessCannotTakeItOverAndTheRunningTaskIsNotHarmed() {
        HttpResponse<String> first = register(real.registration());
        assertThat(first.statusCode()).isEqualTo(201);
        String secret = json(first).get("secret").asString();
        assertThat(secret).matches("[A-Za-z0-9_-]{22}");
        assertThat(json(first).get("worker_id").asString()).isEqualTo("mine");
        String task = orchestrator.submit("hold");
        orchestrator.awaitStatus(task, "RUNNING");

        HttpResponse<String> refused = register(thief.registration());
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).at("/error/code").asString()).isEqualTo("CONFLICT");
        assertThat(refused.body()).doesNotContain(secret);

        assertThat(beat(",\"secret\":\"" + secret + "\"")).isEqualTo(200);
        assertThat(beat("")).isEqualTo(409);
        assertThat(beat(",\"secret\":\"" + "x".repeat(22) + "\"")).isEqualTo(409);
        assertThat(beat(",\"secret\":\"short\"")).isEqualTo(400);
        assertThat(orchestrator.send("DELETE", "/v2/workers/mine", "", "X-Worker-Secret", "x".repeat(22)).statusCode())
                .isEqualTo(409);

        real.release();
        orchestrator.awaitStatus(task, "COMPLETED");
        assertThat(orchestrator.send("DELETE", "/v2/workers/mine", "", "X-Worker-Secret", secret).statusCode())
                .isEqualTo(204);
        assertThat(register(thief.registration()).statusCode()).isEqualTo(201);
    }

    @Test
    void aWorkerOfAnOlderVersionIsHeardWithoutSecret() {
        register(real.registration());
        assertThat(beat("")).isEqualTo(200);
        assertThat(register(real.registration()).statusCode()).isEqualTo(201);
        assertThat(orchestrator.send("DELETE", "/v2/workers/mine", "").statusCode()).isEqualTo(204);
        assertThat(beat("")).isEqualTo(404);
    }

    @Test
    void aDamagedWorkerLosesTheAttemptAndItsTenantPaysNothingForIt() {
        orchestrator.register(real);
        String task = orchestrator.submit("lie");
        Waiting.until(() -> orchestrator.task(task).get("attempts").size() == 1
                && orchestrator.status(task).matches("RETRY_WAIT|QUEUED"));
        assertThat(orchestrator.get("/v2/workers").get(0).get("status").asString()).isEqualTo("failed");
        assertThat(orchestrator.task(task).path("tokens_in").asInt(0)).isZero();
        orchestrator.send("POST", "/v2/tasks/" + task + "/cancel", "");
        assertThat(beat("")).isEqualTo(200);
        orchestrator.awaitStatus(orchestrator.submit("say 2"), "COMPLETED");
    }
}
