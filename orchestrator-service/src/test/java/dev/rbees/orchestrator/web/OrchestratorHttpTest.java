package dev.rbees.orchestrator.web;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.orchestrator.testing.ScriptedWorker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Everything a client can see of the orchestrator, over real HTTP and with workers that do as they are told. */
class OrchestratorHttpTest {

    private static final int CAPACITY = 3;

    @TempDir
    Path home;

    private RunningOrchestrator orchestrator;
    private final List<ScriptedWorker> workers = new ArrayList<>();

    @BeforeEach
    void start() {
        orchestrator = new RunningOrchestrator(home.resolve("home"), CAPACITY);
    }

    @AfterEach
    void stop() {
        workers.forEach(ScriptedWorker::close);
        orchestrator.close();
    }

    private ScriptedWorker worker(String id, int slots) {
        try {
            ScriptedWorker worker = new ScriptedWorker(id, "tiny", slots);
            workers.add(worker);
            orchestrator.register(worker);
            return worker;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode body(HttpResponse<String> response) {
        return Json.readTree(response.body().getBytes(StandardCharsets.UTF_8));
    }

    private static String code(HttpResponse<String> response) {
        return body(response).at("/error/code").asString();
    }

    private void makeTinyKnown() {
        worker("gone", 1);
        orchestrator.send("DELETE", "/v2/workers/gone", "");
    }

    // --- how long it may take ---

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
            RunningOrchestrator.await(() -> only.left() == 1);
            assertThat(hasty.get("/health").get("queue_depth").asInt()).isZero();
        }
    }

    // --- the way of a task ---

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
        RunningOrchestrator.await(() -> orchestrator.task(second).get("queue_position").asInt() == 2);
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

    // --- failures ---

    @Test
    void aWorkerThatDiesBeforeTheFirstTokenIsReplaced() {
        worker("a", 1);
        String id = orchestrator.submit("die");
        RunningOrchestrator.await(() -> orchestrator.task(id).get("attempts").size() == 1
                && orchestrator.status(id).matches("RETRY_WAIT|QUEUED"));
        assertThat(orchestrator.get("/v2/workers").get(0).get("status").asString()).isEqualTo("failed");
        worker("b", 1);
        worker("c", 1);
        orchestrator.awaitStatus(id, "FAILED");
        assertThat(orchestrator.task(id).at("/error/code").asString()).isEqualTo("POISON_TASK");
        assertThat(orchestrator.task(id).get("attempts")).hasSize(3);
    }

    @Test
    void aWorkerThatDiesLaterIsFollowedByAnotherAndTheReaderSeesOneAnswer() {
        worker("w1", 1);
        String id = orchestrator.submit("die late");
        RunningOrchestrator.await(() -> orchestrator.status(id).matches("RETRY_WAIT|QUEUED"));
        assertThat(orchestrator.get("/v2/tasks/" + id + "/explain").at("/waiting/workers/not_ready").asInt()).isEqualTo(1);
        worker("w2", 1);
        assertThat(orchestrator.events(id, 0).stream().map(frame -> frame.replaceAll("\\d+ ", ""))
                .filter(type -> !type.equals("queued"))).containsExactly("started", "token", "token", "token", "end");
        assertThat(orchestrator.task(id).get("attempts")).extracting(attempt -> attempt.get("worker_id").asString(),
                attempt -> attempt.get("outcome").asString(), attempt -> attempt.get("exact").asBoolean())
                .containsExactly(tuple("w1", "WORKER_UNAVAILABLE", true), tuple("w2", "completed", true));
        JsonNode choice = orchestrator.get("/v2/tasks/" + id + "/explain").at("/attempts/1/choice");
        assertThat(choice.get("reason").asString()).isEqualTo("same_numerics");
        assertThat(choice.at("/candidates/0/worker_id").asString()).isEqualTo("w2");
    }

    @Test
    void theWorkersOwnErrorIsPassedOn() {
        worker("w1", 1);
        String id = orchestrator.submit("fail");
        orchestrator.events(id, 0);
        assertThat(orchestrator.task(id).at("/error/code").asString()).isEqualTo("INFERENCE_FAILED");
        assertThat(orchestrator.task(id).at("/error/message").asString()).isEqualTo("the script says so");
    }

    @Test
    void whatHasEndedCanBeRemovedForGood() {
        worker("w1", 1);
        String id = orchestrator.submit("say 3");
        orchestrator.awaitStatus(id, "COMPLETED");
        List<String> events = orchestrator.events(id, 0);
        assertThat(orchestrator.events(id, 1)).isEqualTo(events.subList(1, events.size()));
        assertThat(orchestrator.send("DELETE", "/v2/tasks/" + id, "").statusCode()).isEqualTo(204);
        assertThat(code(orchestrator.send("GET", "/v2/tasks/" + id, ""))).isEqualTo("TASK_NOT_FOUND");
        assertThat(code(orchestrator.send("GET", "/v2/tasks/" + id + "/events", ""))).isEqualTo("TASK_NOT_FOUND");
        assertThat(code(orchestrator.send("DELETE", "/v2/tasks/" + id, ""))).isEqualTo("TASK_NOT_FOUND");
    }

    @Test
    void cancelEndsARunningTaskAndLeavesTheWorker() {
        ScriptedWorker worker = worker("w1", 1);
        String id = orchestrator.submit("hold");
        orchestrator.awaitStatus(id, "RUNNING");
        assertThat(orchestrator.send("POST", "/v2/tasks/" + id + "/cancel", "{}").statusCode()).isEqualTo(202);
        assertThat(orchestrator.status(id)).isEqualTo("CANCELLED");
        assertThat(orchestrator.send("POST", "/v2/tasks/" + id + "/cancel", "{}").statusCode()).isEqualTo(200);
        assertThat(orchestrator.events(id, 0)).last().asString().endsWith("error");
        RunningOrchestrator.await(() -> worker.left() == 1);
        String next = orchestrator.submit("say 1");
        orchestrator.awaitStatus(next, "COMPLETED");
    }

    @Test
    void cancelTakesAWaitingTaskOutOfTheQueue() {
        makeTinyKnown();
        String id = orchestrator.submit("say 1");
        orchestrator.send("POST", "/v2/tasks/" + id + "/cancel", "");
        assertThat(orchestrator.status(id)).isEqualTo("CANCELLED");
        assertThat(orchestrator.get("/health").get("queue_depth").asInt()).isZero();
    }

    @Test
    void aDeadlineEndsATaskThatWaits() {
        makeTinyKnown();
        String id = orchestrator.submit("say 1", "\"deadline_ms\":50");
        orchestrator.awaitStatus(id, "EXPIRED");
        assertThat(orchestrator.task(id).at("/error/code").asString()).isEqualTo("DEADLINE_EXCEEDED");
    }

    @Test
    void onDisconnectCancelEndsTheTaskWhenItsLastReaderLeaves() throws IOException, InterruptedException {
        worker("w1", 1);
        String kept = orchestrator.submit("hold", "\"on_disconnect\":\"cancel\"");
        orchestrator.awaitStatus(kept, "RUNNING");
        try (var lines = orchestrator.follow(kept)) {
            assertThat(lines.anyMatch(line -> line.equals("event: token"))).isTrue();
        }
        orchestrator.awaitStatus(kept, "CANCELLED");
    }

    // --- refusals ---

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

    @Test
    void aTaskHasAllItsFieldsFromTheBeginning() {
        makeTinyKnown();
        JsonNode task = orchestrator.task(orchestrator.submit("say 1"));
        assertThat(task.propertyNames()).contains("error", "tokens_in", "tokens_out", "worker_id");
        assertThat(task.get("error").isNull()).isTrue();
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

    // --- workers ---

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
        RunningOrchestrator.await(() -> orchestrator.task(id).get("attempts").size() == 2);
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

    // --- sessions ---

    @Test
    void aSessionsTasksHaveABudgetTogether() {
        ScriptedWorker worker = worker("w1", 1);
        HttpResponse<String> made = orchestrator.send("POST", "/v2/sessions",
                "{\"session_id\":\"s1\",\"token_budget\":40,\"ttl_ms\":60000}");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(body(made).get("tokens_budget_remaining").asInt()).isEqualTo(40);
        assertThat(code(orchestrator.send("POST", "/v2/sessions", "{\"session_id\":\"s1\"}"))).isEqualTo("CONFLICT");

        String task = "{\"model\":\"tiny\",\"prompt\":\"%s\",\"session_id\":\"s1\",\"max_tokens\":%d}";
        HttpResponse<String> held = orchestrator.send("POST", "/v2/tasks", task.formatted("hold", 30));
        assertThat(held.headers().firstValue("X-Budget-Tokens-Remaining")).contains("10");
        HttpResponse<String> refused = orchestrator.send("POST", "/v2/tasks", task.formatted("say 1", 11));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(code(refused)).isEqualTo("QUOTA_EXCEEDED");
        assertThat(orchestrator.get("/v2/health").isObject()).isTrue();

        worker.release();
        orchestrator.awaitStatus(body(held).get("job_id").asString(), "COMPLETED");
        JsonNode session = orchestrator.get("/v2/sessions/s1");
        assertThat(session.get("turns").asInt()).isEqualTo(1);
        assertThat(session.get("tokens_used").asInt()).as("five of the prompt, one of the answer").isEqualTo(6);
        assertThat(session.get("tokens_budget_remaining").asInt()).isEqualTo(34);
        assertThat(session.get("ttl_ms_remaining").asLong()).isBetween(1L, 60_000L);

        assertThat(orchestrator.send("DELETE", "/v2/sessions/s1", "").statusCode()).isEqualTo(204);
        assertThat(code(orchestrator.send("GET", "/v2/sessions/s1", ""))).isEqualTo("SESSION_NOT_FOUND");
        assertThat(code(orchestrator.send("DELETE", "/v2/sessions/s1", ""))).isEqualTo("SESSION_NOT_FOUND");
    }

    // --- OpenAI ---

    private static final String CHAT = """
                                       {"model":"tiny","messages":[{"role":"user","content":"say 3"}]%s}""";

    @Test
    void answersAChatInOnePiece() {
        worker("w1", 1);
        JsonNode answer = body(orchestrator.send("POST", "/v1/chat/completions", CHAT.formatted("")));
        assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo("word0 word1 word2 ");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(8);
        assertThat(answer.get("object").asString()).isEqualTo("chat.completion");
    }

    @Test
    void answersAChatInPieces() {
        worker("w1", 1);
        HttpResponse<String> answer = orchestrator.send("POST", "/v1/chat/completions",
                CHAT.formatted(",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        List<String> frames = answer.body().lines().filter(line -> !line.isEmpty()).toList();
        assertThat(frames).hasSize(7);
        assertThat(frames.get(0)).contains("\"role\":\"assistant\"", "\"finish_reason\":null");
        assertThat(frames.get(1)).contains("\"content\":\"word0 \"");
        assertThat(frames.get(4)).contains("\"finish_reason\":\"stop\"");
        assertThat(frames.get(5)).contains("\"choices\":[]", "\"total_tokens\":8");
        assertThat(frames.get(6)).isEqualTo("data: [DONE]");
    }

    @Test
    void tellsHowLikelyTheTokensWere() {
        worker("w1", 1);
        String chat = CHAT.formatted(",\"logprobs\":true,\"top_logprobs\":1%s").replace("say 3", "guess");
        JsonNode answer = body(orchestrator.send("POST", "/v1/chat/completions", chat.formatted("")));
        JsonNode likelihood = answer.at("/choices/0/logprobs/content/0");
        assertThat(likelihood.get("token").asString()).isEqualTo("maybe");
        assertThat(likelihood.get("logprob").asDouble()).isEqualTo(-0.5);
        assertThat(likelihood.get("bytes").toString()).isEqualTo("[109,97,121,98,101]");
        assertThat(likelihood.at("/top_logprobs/0/token").asString()).isEqualTo("maybe");
        assertThat(answer.at("/usage/prompt_tokens_details/cached_tokens").isInt()).isTrue();
        assertThat(orchestrator.send("POST", "/v1/chat/completions", chat.formatted(",\"stream\":true")).body())
                .contains("\"delta\":{\"content\":\"maybe\"},\"logprobs\":{\"content\":[{\"token\":\"maybe\"");
    }

    private static final String TEXT = """
                                       {"model":"tiny","prompt":"say 3"%s}""";

    @Test
    void goesOnWithATextInOnePiece() {
        worker("w1", 1);
        JsonNode answer = body(orchestrator.send("POST", "/v1/completions", TEXT.formatted("")));
        assertThat(answer.at("/choices/0/text").asString()).isEqualTo("word0 word1 word2 ");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(answer.at("/choices/0/logprobs").isNull()).isTrue();
        assertThat(answer.get("id").asString()).startsWith("cmpl-");
        assertThat(answer.get("object").asString()).isEqualTo("text_completion");
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(8);
    }

    @Test
    void goesOnWithATextInPieces() {
        worker("w1", 1);
        List<String> frames = orchestrator.send("POST", "/v1/completions",
                TEXT.formatted(",\"stream\":true,\"stream_options\":{\"include_usage\":true}")).body().lines()
                .filter(line -> !line.isEmpty()).toList();
        assertThat(frames).hasSize(6);
        assertThat(frames.get(0)).contains("\"text\":\"word0 \"", "\"finish_reason\":null");
        assertThat(frames.get(3)).contains("\"text\":\"\"", "\"finish_reason\":\"stop\"");
        assertThat(frames.get(4)).contains("\"choices\":[]", "\"total_tokens\":8");
        assertThat(frames.get(5)).isEqualTo("data: [DONE]");
    }

    @Test
    void tellsHowLikelyTheTokensOfATextWere() {
        worker("w1", 1);
        JsonNode likelihoods = body(orchestrator.send("POST", "/v1/completions",
                TEXT.formatted(",\"logprobs\":1").replace("say 3", "guess"))).at("/choices/0/logprobs");
        assertThat(likelihoods.at("/tokens/0").asString()).isEqualTo("maybe");
        assertThat(likelihoods.at("/token_logprobs/0").asDouble()).isEqualTo(-0.5);
        assertThat(likelihoods.at("/top_logprobs/0/maybe").isNumber()).isTrue();
        assertThat(likelihoods.at("/text_offset/0").asInt()).isZero();
    }

    @Test
    void refusesWhatATextCannotHave() {
        worker("w1", 1);
        for (String field : List.of("\"echo\":true", "\"suffix\":\"end\"", "\"best_of\":2", "\"messages\":[]")) {
            assertThat(orchestrator.send("POST", "/v1/completions", TEXT.formatted("," + field)).statusCode()).as(field)
                    .isEqualTo(400);
        }
        HttpResponse<String> several = orchestrator.send("POST", "/v1/completions",
                "{\"model\":\"tiny\",\"prompt\":[\"a\",\"b\"]}");
        assertThat(body(several).at("/error/param").asString()).isEqualTo("prompt");
    }

    @Test
    void tellsOfFailuresInOpenAisShape() {
        worker("w1", 1);
        HttpResponse<String> refused = orchestrator.send("POST", "/v1/chat/completions", CHAT.formatted(",\"n\":2"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(body(refused).at("/error/type").asString()).isEqualTo("invalid_request_error");
        assertThat(body(refused).at("/error/param").asString()).isEqualTo("n");
        HttpResponse<String> failed = orchestrator.send("POST", "/v1/chat/completions",
                CHAT.formatted("").replace("say 3", "fail"));
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(body(failed).at("/error/code").asString()).isEqualTo("INFERENCE_FAILED");
        String streamed = orchestrator.send("POST", "/v1/chat/completions",
                CHAT.formatted(",\"stream\":true").replace("say 3", "fail")).body();
        assertThat(streamed).contains("data: {\"error\":{\"message\":\"the script says so\"").doesNotContain("[DONE]");
        assertThat(body(orchestrator.send("GET", "/v1/models/none", "")).at("/error/code").asString())
                .isEqualTo("MODEL_NOT_FOUND");
        assertThat(orchestrator.get("/v1/models/tiny").get("owned_by").asString()).isEqualTo("rbees");
    }
}
