package dev.rbees.orchestrator.web;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.orchestrator.testing.OrchestratorOverHttp;
import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.orchestrator.testing.ScriptedWorker;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** What a client can see of tasks and workers. */
class OrchestratorHttpTest extends OrchestratorOverHttp {

    @Test
    void aWorkerThatSaysNothingForFifteenSecondsIsLeftAndAnotherGoesOn() throws InterruptedException {
        worker("w1", 1);
        worker("w2", 1);
        String id = orchestrator.submit("hang");
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!orchestrator.status(id).equals("COMPLETED") && System.nanoTime() < end) {
            orchestrator.send("POST", "/v2/workers/w1/heartbeat", "{\"status\":\"ready\",\"slots_free\":1}");
            orchestrator.send("POST", "/v2/workers/w2/heartbeat", "{\"status\":\"ready\",\"slots_free\":1}");
            Thread.sleep(500); // why: the limit is the program's own, and counts seconds of silence
        }
        assertThat(orchestrator.events(id, 0)).extracting(frame -> frame.replaceAll(".* ", ""))
                .containsExactly("queued", "started", "token", "queued", "token", "end");
        assertThat(orchestrator.task(id).get("attempts")).hasSize(2);
    }

    @Test
    void aTaskThatWaitsOrRunsTooLongFails() throws IOException {
        try (RunningOrchestrator hasty = new RunningOrchestrator(Map.of("RBEES_HOME", home.resolve("hasty").toString()),
                "--queue-timeout", "1", "--run-timeout", "1"); ScriptedWorker only = new ScriptedWorker("h1", "tiny", 1)) {
            hasty.register(only);
            String runs = hasty.submit("hold");
            String waits = hasty.submit("hold");
            hasty.awaitStatus(runs, "FAILED");
            hasty.awaitStatus(waits, "FAILED");
            assertThat(hasty.task(runs).at("/error/code").asString()).isEqualTo("TIMEOUT");
            assertThat(hasty.task(waits).at("/error/code").asString()).isEqualTo("TIMEOUT");
            Waiting.until(() -> only.left() == 1);
            assertThat(hasty.get("/health").get("queue_depth").asInt()).isZero();
        }
    }

    @Test
    void aTaskGoesFromQueuedToEndAndItsStreamCanBeTakenUpAnywhere() {
        ScriptedWorker worker = worker("w1", 1);
        String id = orchestrator.submit("say 3");
        List<String> all = orchestrator.events(id, 0);
        assertThat(all).containsExactly("1 queued", "2 started", "3 token", "4 token", "5 token", "6 end");
        for (int after = 1; after < 6; after++) {
            assertThat(orchestrator.events(id, after)).isEqualTo(all.subList(after, 6));
        }
        assertThat(orchestrator.send("GET", "/v2/tasks/" + id + "/events", "", "Last-Event-ID", "6").statusCode())
                .isEqualTo(204);
        JsonNode task = orchestrator.task(id);
        assertThat(task.get("status").asString()).isEqualTo("COMPLETED");
        assertThat(task.get("worker_id").asString()).isEqualTo("w1");
        assertThat(task.get("tokens_out").asInt()).isEqualTo(3);
        assertThat(task.get("stop_reason").asString()).isEqualTo("EOS");
        assertThat(task.at("/attempts/0/outcome").asString()).isEqualTo("completed");
        assertThat(worker.prompts()).containsExactly("say 3");
    }

    @Test
    void theStartedEventSaysWhichWorkerAndHowLongItTook() throws IOException, InterruptedException {
        worker("w1", 1);
        String id = orchestrator.submit("say 1", "\"seed\":7");
        try (var lines = orchestrator.follow(id)) {
            String started = lines.filter(line -> line.startsWith("data: {\"type\":\"started\"")).findFirst().orElseThrow();
            assertThat(started).contains("\"worker_id\":\"w1\"", "\"queue_wait_ms\":", "\"seed\":7", "\"job_id\":\"" + id);
        }
    }

    @Test
    void waitsForASlotInOrderAndIsToldItsPosition() throws IOException, InterruptedException {
        ScriptedWorker worker = worker("w1", 1);
        String first = orchestrator.submit("hold");
        orchestrator.awaitStatus(first, "RUNNING");
        String second = orchestrator.submit("say 1", "\"priority\":\"batch\"");
        String third = orchestrator.submit("say 2");
        assertThat(orchestrator.task(third).get("queue_position").asInt()).isEqualTo(1);
        Waiting.until(() -> orchestrator.task(second).get("queue_position").asInt() == 2);
        assertThat(orchestrator.get("/health").get("queue_depth").asInt()).isEqualTo(2);
        try (var lines = orchestrator.follow(second)) {
            worker.release();
            assertThat(lines.filter(line -> line.startsWith("event:")).toList()).startsWith("event: queued")
                    .endsWith("event: end");
        }
        assertThat(worker.prompts()).containsExactly("hold", "say 2", "say 1");
    }

    @Test
    void aKnownModelWithoutAWorkerWaits() {
        makeTinyKnown();
        String id = orchestrator.submit("say 1");
        assertThat(orchestrator.status(id)).isEqualTo("QUEUED");
        worker("w2", 1);
        orchestrator.awaitStatus(id, "COMPLETED");
    }

    @Test
    void spreadsTasksOverWorkersByLoad() {
        ScriptedWorker a = worker("a", 2);
        ScriptedWorker b = worker("b", 2);
        for (int i = 0; i < 4; i++) {
            orchestrator.awaitStatus(orchestrator.submit("hold"), "RUNNING");
        }
        assertThat(a.prompts()).hasSize(2);
        assertThat(b.prompts()).hasSize(2);
        assertThat(orchestrator.get("/v2/workers").get(0).get("status").asString()).isEqualTo("busy");
        assertThat(orchestrator.get("/v2/workers").get(0).get("slots_free").asInt()).isZero();
    }

    @Test
    void aWorkerWithoutRoomIsAskedAgainLater() {
        worker("w1", 1);
        String id = orchestrator.submit("busy 2");
        orchestrator.awaitStatus(id, "COMPLETED");
        assertThat(orchestrator.task(id).get("attempts")).hasSize(1);
    }

    @Test
    void workersComeSpeakAndGo() {
        ScriptedWorker worker = worker("w1", 2);
        assertThat(orchestrator.send("POST", "/v2/workers/w1/heartbeat", "{\"status\":\"ready\",\"slots_free\":2}")
                .statusCode())
                .isEqualTo(200);
        assertThat(code(orchestrator.send("POST", "/v2/workers/w9/heartbeat", "{\"status\":\"ready\"}")))
                .isEqualTo("WORKER_NOT_FOUND");
        assertThat(orchestrator.get("/v2/models").findValues("model_id").toString()).contains("tiny", "smollm2-135m");
        assertThat(code(orchestrator.send("POST", "/v2/workers/register",
                worker.registration().replace("127.0.0.1", "10.1.2.3")))).isEqualTo("INVALID_REQUEST");
        orchestrator.send("POST", "/v2/workers/w1/heartbeat", "{\"status\":\"draining\",\"slots_free\":2}");
        String waits = orchestrator.submit("say 1");
        assertThat(orchestrator.status(waits)).isEqualTo("QUEUED");
        assertThat(orchestrator.send("DELETE", "/v2/workers/w1", "").statusCode()).isEqualTo(204);
        assertThat(orchestrator.get("/v2/workers")).isEmpty();
    }

    @Test
    void aWorkerThatRegistersAnewHasLostWhatItHad() {
        ScriptedWorker worker = worker("w1", 1);
        String id = orchestrator.submit("hold");
        orchestrator.awaitStatus(id, "RUNNING");
        assertThat(hasToken(id)).isTrue();
        orchestrator.register(worker);
        Waiting.until(() -> orchestrator.task(id).get("attempts").size() == 2);
        assertThat(orchestrator.task(id).at("/attempts/0/outcome").asString()).isEqualTo("WORKER_UNAVAILABLE");
        assertThat(worker.left()).isEqualTo(1);
        worker.release();
        orchestrator.awaitStatus(id, "COMPLETED");
    }

    private boolean hasToken(String id) {
        try (var lines = orchestrator.follow(id)) {
            return lines.anyMatch(line -> line.equals("event: token"));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theCorrelationIdReachesTheWorker() {
        ScriptedWorker worker = worker("w1", 1);
        HttpResponse<String> accepted = orchestrator.send("POST", "/v2/tasks", "{\"model\":\"tiny\",\"prompt\":\"say 1\"}",
                "X-Correlation-Id", "abc-1");
        assertThat(accepted.headers().firstValue("X-Correlation-Id")).contains("abc-1");
        orchestrator.awaitStatus(body(accepted).get("job_id").asString(), "COMPLETED");
        assertThat(worker.correlationIds()).containsExactly("abc-1");
    }

    @Test
    void theTraceGoesOnInTheWorker() {
        ScriptedWorker worker = worker("w1", 1);
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (String header : List.of("00-" + trace + "-00f067aa0ba902b7-01", "00-" + trace + "-no")) {
            HttpResponse<String> accepted = orchestrator.send("POST", "/v2/tasks",
                    "{\"model\":\"tiny\",\"prompt\":\"say 1\"}", "traceparent", header);
            orchestrator.awaitStatus(body(accepted).get("job_id").asString(), "COMPLETED");
        }
        assertThat(worker.traces().getFirst()).matches("00-" + trace + "-[0-9a-f]{16}-01")
                .doesNotContain("00f067aa0ba902b7");
        assertThat(worker.traces().getLast()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00").doesNotContain(trace);
    }

    @Test
    void saysWhatItIsAndCanDo() {
        assertThat(orchestrator.get("/v2/meta/version").get("api_version").asString()).isEqualTo("2");
        JsonNode can = orchestrator.get("/v2/meta/capabilities");
        assertThat(can.get("features").toString()).contains("failover", "explain");
        assertThat(can.at("/limits/queue_capacity").asInt()).isPositive();
        assertThat(can.at("/limits/max_context_length").asInt()).isGreaterThan(128);
    }

    @Test
    void countsWhatHappens() {
        worker("w1", 1);
        orchestrator.awaitStatus(orchestrator.submit("say 3"), "COMPLETED");
        String metrics = orchestrator.send("GET", "/metrics", "").body();
        assertThat(metrics).contains("orchd_tasks_ended_total{outcome=\"completed\"} 1.0", "orchd_tokens_out_total 3.0",
                "orchd_queue_depth{priority=\"interactive\"} 0.0", "orchd_workers 1.0",
                "orchd_tasks_enqueued_total{outcome=\"accepted\"} 1.0");
        assertThat(metrics).doesNotContain("say 3");
    }

    @Test
    void aTaskHasAllItsFieldsFromTheBeginning() {
        makeTinyKnown();
        JsonNode task = orchestrator.task(orchestrator.submit("say 1"));
        assertThat(task.propertyNames()).contains("error", "tokens_in", "tokens_out", "worker_id");
        assertThat(task.get("error").isNull()).isTrue();
    }

    @Test
    void anIdempotencyKeyGivesTheSameTaskAgain() {
        makeTinyKnown();
        String body = "{\"model\":\"tiny\",\"prompt\":\"say 1\"}";
        HttpResponse<String> first = orchestrator.send("POST", "/v2/tasks", body, "Idempotency-Key", "k1");
        HttpResponse<String> again = orchestrator.send("POST", "/v2/tasks", body, "Idempotency-Key", "k1");
        assertThat(body(again).get("job_id")).isEqualTo(body(first).get("job_id"));
        HttpResponse<String> other = orchestrator.send("POST", "/v2/tasks", body.replace("1", "2"), "Idempotency-Key", "k1");
        assertThat(code(other)).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(orchestrator.get("/health").get("queue_depth").asInt()).isEqualTo(1);
    }
}
