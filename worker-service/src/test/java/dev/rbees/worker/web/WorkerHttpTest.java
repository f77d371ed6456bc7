package dev.rbees.worker.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.Logprobs;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.cli.CommandLine;
import dev.rbees.service.Daemon;
import dev.rbees.service.ErrorFormat;
import dev.rbees.service.HttpEdge;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.generation.Engine;
import dev.rbees.worker.lifecycle.Shutdown;
import dev.rbees.worker.lifecycle.WorkerSettings;
import dev.rbees.worker.lifecycle.WorkerState;
import dev.rbees.worker.testing.TinyEngine;

import static org.assertj.core.api.Assertions.assertThat;

/** The HTTP interface over a real server and a real, small engine. */
class WorkerHttpTest {

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(HttpEdge.class)
    @ComponentScan(basePackageClasses = ExecuteController.class)
    static class Application {}

    private static final int SLOTS = 2;

    @TempDir
    static Path folder;

    private static final AtomicInteger shutdowns = new AtomicInteger();
    private static final HttpClient http = HttpClient.newHttpClient();
    private static ConfigurableApplicationContext context;
    private static Engine engine;
    private static String base;
    private static final CountDownLatch begun = new CountDownLatch(1);
    private static CompletableFuture<HttpResponse<String>> loading;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        engine = TinyEngine.open(folder, SLOTS, Clock.systemUTC(), registry);
        WorkerState state = new WorkerState(new Liveness(_ -> {
        }));
        WorkerSettings settings = WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC, List.of("--model",
                folder.resolve("tiny.gguf").toString(), "--model-id", "tiny", "--slots", "2")), java.util.Map.of());
        context = new SpringApplicationBuilder(Application.class).properties(Daemon.DEFAULTS).properties("server.port=0")
                .initializers(c -> {
                    c.getBeanFactory().registerSingleton("settings", settings);
                    c.getBeanFactory().registerSingleton("state", state);
                    c.getBeanFactory().registerSingleton("registry", registry);
                    c.getBeanFactory().registerSingleton("clock", Clock.systemUTC());
                    c.getBeanFactory().registerSingleton("errorFormat", ErrorFormat.NATIVE);
                    c.getBeanFactory().registerSingleton("shutdown", (Shutdown) shutdowns::incrementAndGet);
                }).run();
        base = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
        assertThat(health().get("status").asString()).isEqualTo("loading");
        assertThat(post("/execute", "{\"job_id\":\"x\",\"prompt\":\"x\"}").statusCode()).isEqualTo(503);
        loading = http.sendAsync(HttpRequest.newBuilder(URI.create(base + "/load")).build(), info -> {
            begun.countDown();
            return BodyHandlers.ofString().apply(info);
        });
        begun.await();
        state.loaded(new WorkerState.Loaded(engine, "0".repeat(64), "Q8_0", "0123456789abcdef",
                List.of("it has no merges")));
    }

    @AfterAll
    static void stop() {
        context.close();
        engine.close();
    }

    private static HttpResponse<String> send(String method, String path, String type, String body, String... headers) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).header("Content-Type", type)
                    .method(method, BodyPublishers.ofString(body));
            if (headers.length > 0) {
                request.headers(headers);
            }
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static HttpResponse<String> post(String path, String body, String... headers) {
        return send("POST", path, "application/json", body, headers);
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.readTree(response.body().getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode health() {
        return json(send("GET", "/health", "application/json", ""));
    }

    private static List<TaskEvent> events(String stream) {
        List<TaskEvent> events = new ArrayList<>();
        for (String frame : stream.stripTrailing().split("\n\n", -1)) {
            String[] lines = frame.split("\n", -1);
            assertThat(lines).hasSize(2);
            TaskEvent event = TaskEvent.parse(lines[1].substring("data: ".length()));
            assertThat(lines[0]).isEqualTo("event: " + event.type());
            events.add(event);
        }
        return events;
    }

    @Test
    void streamsAnAnswer() {
        HttpResponse<String> response = post("/execute",
                "{\"job_id\":\"a\",\"prompt\":\"hello\",\"max_tokens\":4,\"temperature\":0,\"seed\":18446744073709551615,"
                        + "\"ignore_eos\":true}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValueSatisfying(t -> assertThat(t)
                .startsWith("text/event-stream"));
        assertThat(response.headers().firstValue("X-Accel-Buffering")).contains("no");
        List<TaskEvent> events = events(response.body());
        assertThat(events).extracting(TaskEvent::type).containsExactly("started", "token", "token", "token", "token", "end");
        assertThat(response.body()).contains("\"seed\":18446744073709551615");
    }

    @Test
    void answersMessages() {
        HttpResponse<String> response = post("/execute", "{\"job_id\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":"
                + "[{\"type\":\"text\",\"text\":\"he\"},{\"type\":\"text\",\"text\":\"llo\"}]}],\"max_tokens\":2}");
        assertThat(events(response.body()).getLast().terminal()).isTrue();
    }

    @Test
    void goesOnWithAnAnswer() {
        String fields = "\"prompt\":\"hello\",\"max_tokens\":6,\"seed\":3,\"ignore_eos\":true";
        List<TaskEvent.Token> whole = tokens(post("/execute", "{\"job_id\":\"whole\"," + fields + "}").body());
        List<Integer> beginning = whole.subList(0, 2).stream().map(TaskEvent.Token::id).toList();
        List<TaskEvent.Token> rest = tokens(post("/execute",
                "{\"job_id\":\"rest\",\"resume\":{\"token_ids\":" + beginning + "}," + fields + "}").body());
        assertThat(rest).isEqualTo(whole.subList(2, 6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[1]", "{\"token_ids\":1}", "{\"token_ids\":[\"a\"]}", "{\"token_ids\":[-1]}",
        "{\"token_ids\":[99999]}", "{\"token_ids\":[1.5]}", "{\"token_ids\":[1],\"x\":1}"})
    void refusesToGoOnWithWhatAreNoTokens(String resume) {
        HttpResponse<String> response = post("/execute",
                "{\"job_id\":\"r\",\"prompt\":\"hello\",\"resume\":" + resume + "}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).get("error").get("message").asString()).startsWith("resume");
    }

    private static List<TaskEvent.Token> tokens(String stream) {
        return events(stream).stream().filter(TaskEvent.Token.class::isInstance).map(TaskEvent.Token.class::cast).toList();
    }

    @Test
    void saysHowLikelyTheTokensWere() {
        List<TaskEvent.Token> tokens = tokens(post("/execute",
                "{\"job_id\":\"lp\",\"prompt\":\"hello\",\"max_tokens\":3,\"temperature\":0,\"ignore_eos\":true,"
                        + "\"logprobs\":4}")
                .body());
        assertThat(tokens).hasSize(3).allSatisfy(token -> {
            Logprobs logprobs = Objects.requireNonNull(token.logprobs());
            assertThat(logprobs.top()).hasSize(4).isSortedAccordingTo(
                    Comparator.comparingDouble(Logprobs.Alternative::logprob).reversed());
            assertThat(logprobs.top().getFirst().id()).isEqualTo(token.id());
            assertThat(logprobs.logprob()).isEqualTo(logprobs.top().getFirst().logprob()).isNegative();
        });
    }

    @Test
    void namesEveryProblemAtOnce() {
        HttpResponse<String> response = post("/execute",
                "{\"job_id\":\"\",\"prompt\":\"\",\"max_tokens\":0,\"temperature\":5,\"top_p\":-1,\"min_p\":2,\"stop\":[\"\"],"
                        + "\"seed\":-1,\"repetition_penalty\":0,\"frobnicate\":1,\"response_format\":{}}");
        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = json(response).get("error");
        assertThat(error.get("code").asString()).isEqualTo("INVALID_REQUEST");
        List<String> fields = new ArrayList<>();
        error.get("details").get("errors").forEach(problem -> fields.add(problem.get("field").asString()));
        assertThat(fields).containsExactlyInAnyOrder("job_id", "prompt", "max_tokens", "temperature", "top_p", "min_p",
                "stop[0]", "seed", "repetition_penalty", "frobnicate", "response_format");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "POST | /execute  | application/json | {nope                            | 400 | INVALID_REQUEST",
        "POST | /execute  | application/json | []                               | 400 | INVALID_REQUEST",
        "POST | /execute  | application/json | {\"job_id\":1,\"job_id\":2}      | 400 | INVALID_REQUEST",
        "POST | /execute  | text/plain       | {}                               | 415 | UNSUPPORTED_MEDIA_TYPE",
        "GET  | /execute  | application/json | {}                               | 405 | METHOD_NOT_ALLOWED",
        "GET  | /nothing  | application/json | {}                               | 404 | NOT_FOUND",
        "POST | /cancel   | application/json | {}                               | 400 | INVALID_REQUEST",
        "POST | /tokenize | application/json | {\"prompt\":\"a\",\"messages\":[]} | 400 | INVALID_REQUEST"})
    void refusesInTheOneShape(String method, String path, String type, String body, int status, String code) {
        HttpResponse<String> response = send(method, path, type, body);
        assertThat(response.statusCode()).isEqualTo(status);
        JsonNode error = json(response).get("error");
        assertThat(error.get("code").asString()).isEqualTo(code);
        assertThat(error.get("correlation_id").asString()).isNotEmpty();
        assertThat(error.get("message").asString()).doesNotContain("Exception", "dev.rbees", "org.springframework");
    }

    @Test
    void refusesABodyThatIsTooLarge() {
        HttpResponse<String> response = post("/execute", "{\"prompt\":\"" + "x".repeat(5_000_000) + "\"}");
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(json(response).get("error").get("code").asString()).isEqualTo("PAYLOAD_TOO_LARGE");
    }

    @Test
    void saysThatItMakesNoEmbeddings() {
        HttpResponse<String> response = post("/execute", "{\"job_id\":\"x\",\"input\":\"hello\"}");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).get("error").get("message").asString())
                .contains("generates text: send prompt or messages");
    }

    @Test
    void echoesAGoodCorrelationIdAndReplacesABadOne() {
        assertThat(post("/cancel", "{}", "X-Correlation-Id", "abc-1").headers().firstValue("X-Correlation-Id"))
                .contains("abc-1");
        assertThat(post("/cancel", "{}", "X-Correlation-Id", "a b;c").headers().firstValue("X-Correlation-Id"))
                .hasValueSatisfying(id -> assertThat(id).matches("[0-9a-f-]{36}"));
    }

    @Test
    void saysWhenTheContextIsTooSmallOrTheDeadlineOver() {
        HttpResponse<String> tooLong = post("/execute", "{\"job_id\":\"l\",\"prompt\":\"" + "x".repeat(300) + "\"}");
        assertThat(tooLong.statusCode()).isEqualTo(400);
        assertThat(json(tooLong).get("error").get("code").asString()).isEqualTo("CONTEXT_LENGTH_EXCEEDED");
        for (String past : List.of("2020-01-01T00:00:00Z", "1577836800000")) {
            HttpResponse<String> late = post("/execute", "{\"job_id\":\"d\",\"prompt\":\"x\"}", "X-Deadline", past);
            assertThat(late.statusCode()).isEqualTo(504);
        }
        assertThat(post("/execute", "{\"job_id\":\"d\",\"prompt\":\"x\"}", "X-Deadline", "soon").statusCode())
                .isEqualTo(400);
    }

    @Test
    void countsTokens() {
        assertThat(json(post("/tokenize", "{\"prompt\":\"hello\"}")).get("tokens").size()).isEqualTo(1);
        assertThat(
                json(post("/tokenize", "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}")).get("tokens").size())
                .isGreaterThan(5);
    }

    @Test
    void freesTheSlotWhenTheReaderGoesAway() throws IOException, InterruptedException {
        for (int i = 0; i < 10; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/execute"))
                    .header("Content-Type", "application/json").POST(BodyPublishers.ofString(
                            "{\"job_id\":\"gone" + i + "\",\"prompt\":\"hello\",\"max_tokens\":250,\"ignore_eos\":true}"))
                    .build();
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            try (BufferedReader reader = new BufferedReader(
                    new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                assertThat(reader.readLine()).isEqualTo("event: started");
            }
            assertThat(engine.awaitIdle(Duration.ofSeconds(30))).isTrue();
        }
    }

    @Test
    void refusesWhenAllSlotsAreBusyAndCancelsByJob() throws IOException, InterruptedException {
        List<HttpResponse<InputStream>> running = new ArrayList<>();
        int refused = 0;
        for (int i = 0; refused == 0; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/execute"))
                    .header("Content-Type", "application/json").POST(BodyPublishers.ofString(
                            "{\"job_id\":\"busy" + i + "\",\"prompt\":\"hello\",\"max_tokens\":250,\"ignore_eos\":true}"))
                    .build();
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            if (response.statusCode() == 503) {
                refused++;
                assertThat(response.headers().firstValue("Retry-After")).contains("1");
                response.body().close();
            } else {
                running.add(response);
            }
        }
        for (int i = 0; i < running.size() + 1; i++) {
            assertThat(post("/cancel", "{\"job_id\":\"busy" + i + "\"}").statusCode()).isEqualTo(202);
        }
        for (HttpResponse<InputStream> response : running) {
            response.body().close();
        }
        assertThat(engine.awaitIdle(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void tellsItsHealthAndItsMetrics() {
        JsonNode health = health();
        assertThat(health.get("model").asString()).isEqualTo("tiny");
        assertThat(health.get("vocab_size").asInt()).isGreaterThan(256);
        assertThat(health.get("context_length").asInt()).isEqualTo(256);
        assertThat(health.get("numerics_fingerprint").asString()).isEqualTo("0123456789abcdef");
        assertThat(health.get("warnings").valueStream().map(JsonNode::asString)).containsExactly("it has no merges");
        assertThat(health.get("slots_total").asInt()).isEqualTo(SLOTS);
        assertThat(send("GET", "/metrics", "text/plain", "").body()).contains("# TYPE worker_requests_total counter");
    }

    @Test
    void tellsHowLoadingGoes() {
        HttpResponse<String> response = send("GET", "/load", "text/plain", "");
        assertThat(response.headers().firstValue("Content-Type")).hasValueSatisfying(
                type -> assertThat(type).startsWith("text/event-stream"));
        assertThat(response.body()).isEqualTo("event: ready\ndata: {\"model\":\"tiny\"}\n\n");
        assertThat(loading.join().body()).startsWith("event: load\ndata: {\"phase\":\"start\",\"percent\":0}\n\n")
                .endsWith("event: ready\ndata: {\"model\":\"tiny\"}\n\n");
    }

    @Test
    void beginsToShutDownOnRequest() {
        assertThat(post("/shutdown", "").statusCode()).isEqualTo(202);
        assertThat(shutdowns).hasValueGreaterThan(0);
    }
}
