package dev.rbees.worker.web;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.api.worker.EmbeddingAnswer;
import dev.rbees.api.worker.EmbeddingRequest;
import dev.rbees.cli.CommandLine;
import dev.rbees.service.Daemon;
import dev.rbees.service.ErrorFormat;
import dev.rbees.thread.Liveness;
import dev.rbees.worker.embedding.Embedder;
import dev.rbees.worker.embedding.EmbeddingJob;
import dev.rbees.worker.lifecycle.Service;
import dev.rbees.worker.lifecycle.Shutdown;
import dev.rbees.worker.lifecycle.WorkerSettings;
import dev.rbees.worker.lifecycle.WorkerState;
import dev.rbees.worker.testing.TinyBert;
import dev.rbees.worker.testing.TinyEmbedder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The HTTP interface over a real server and a real, small embedding model. */
class EmbeddingHttpTest {

    private static final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static ConfigurableApplicationContext context;
    private static Embedder embedder;
    private static String base;

    @BeforeAll
    static void start() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        embedder = TinyEmbedder.open(folder, 2, Clock.systemUTC(), registry);
        WorkerState state = new WorkerState(new Liveness(_ -> {
        }));
        WorkerSettings settings = WorkerSettings.of(CommandLine.parse(WorkerSettings.SPEC,
                List.of("--model", folder.toString(), "--model-id", "tiny-bert")), Map.of());
        context = new SpringApplicationBuilder(WorkerHttpTest.Application.class).properties(Daemon.DEFAULTS)
                .properties("server.port=0").initializers(c -> {
                    c.getBeanFactory().registerSingleton("settings", settings);
                    c.getBeanFactory().registerSingleton("state", state);
                    c.getBeanFactory().registerSingleton("registry", registry);
                    c.getBeanFactory().registerSingleton("clock", Clock.systemUTC());
                    c.getBeanFactory().registerSingleton("errorFormat", ErrorFormat.NATIVE);
                    c.getBeanFactory().registerSingleton("shutdown", (Shutdown) () -> {
                    });
                }).run();
        base = "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port");
        state.loaded(new WorkerState.Loaded(new Service.Embedding(embedder), "a".repeat(64), "onnx", "0123456789abcdef",
                List.of()));
    }

    @AfterAll
    static void stop() {
        context.close();
        embedder.close();
    }

    private static HttpResponse<String> send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json").method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.readTree(response.body().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void answersWithEmbeddings() {
        HttpResponse<String> response = send("POST", "/execute", "{\"job_id\":\"e1\",\"input\":[\"one text\",\"another\"]}");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        EmbeddingAnswer answer = Json.read(response.body(), EmbeddingAnswer.class);
        EmbeddingAnswer direct = embedder.start(new EmbeddingRequest("d", List.of("one text", "another"), false), null)
                .run();
        assertThat(answer).usingRecursiveComparison().ignoringFields("jobId").isEqualTo(direct);
        assertThat(answer.jobId()).isEqualTo("e1");
        assertThat(answer.tokensIn()).isEqualTo(7);
        assertThat(json(response).propertyNames()).containsExactlyInAnyOrder("job_id", "model", "embeddings", "dimensions",
                "tokens_in");
        assertThat(json(send("POST", "/execute", new EmbeddingRequest("e2", List.of("one text"), true).toJson()))
                .get("embeddings").get(0)).isEqualTo(json(response).get("embeddings").get(0));
        assertThat(json(send("POST", "/execute", "{\"job_id\":\"e3\",\"input\":\"one text\"}")).get("embeddings").size())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                                                            | job_id is required; input must be a text or an array",
        "{\"job_id\":\"\",\"input\":[],\"truncate\":1,\"dims\":2}      | 4 problems: job_id must not be empty; input must be",
        "{\"job_id\":\"x\",\"input\":[\"a\",\"\",3]}                   | input[2] must be a string",
        "{\"job_id\":\"x\",\"input\":{\"a\":1}}                        | input must be a string or an array of strings",
        "{\"job_id\":\"x\",\"prompt\":\"hello\"}                       | makes embeddings: send input, not prompt or messages",
        "{\"job_id\":\"x\",\"messages\":[]}                            | makes embeddings: send input, not prompt or messages",
        "{\"job_id\":\"x\",\"prompt\":\"hello\",\"input\":\"hello\"}   | unknown field 'prompt'"})
    void namesWhatIsWrong(String body, String message) {
        HttpResponse<String> response = send("POST", "/execute", body);
        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = json(response).get("error");
        assertThat(error.get("code").asString()).isEqualTo("INVALID_REQUEST");
        assertThat(error.get("message").asString()).contains(message);
    }

    @Test
    void refusesTooManyTextsAndTooLongOnes() {
        String many = String.join(",", Collections.nCopies(257, "\"a\""));
        assertThat(json(send("POST", "/execute", "{\"job_id\":\"m\",\"input\":[" + many + "]}")).get("error").get("message")
                .asString()).contains("at most 256");
        assertThat(json(send("POST", "/execute", "{\"job_id\":\"m\",\"input\":\"" + "a ".repeat(600_000) + "\"}"))
                .get("error").get("code").asString()).isEqualTo("INVALID_REQUEST");
        HttpResponse<String> tooLong = send("POST", "/execute", "{\"job_id\":\"m\",\"input\":\"" + "a ".repeat(40) + "\"}");
        assertThat(tooLong.statusCode()).isEqualTo(400);
        assertThat(json(tooLong).get("error").get("code").asString()).isEqualTo("CONTEXT_LENGTH_EXCEEDED");
        assertThat(send("POST", "/execute", "{\"job_id\":\"m\",\"truncate\":true,\"input\":\"" + "a ".repeat(40) + "\"}")
                .statusCode()).isEqualTo(200);
    }

    @Test
    void refusesWhenAllSlotsAreBusyOrTheDeadlineIsOver() {
        List<EmbeddingJob> running = List.of(embedder.start(new EmbeddingRequest("a", List.of("x"), false), null),
                embedder.start(new EmbeddingRequest("b", List.of("x"), false), null));
        HttpResponse<String> busy = send("POST", "/execute", "{\"job_id\":\"c\",\"input\":\"x\"}");
        assertThat(busy.statusCode()).isEqualTo(503);
        assertThat(busy.headers().firstValue("Retry-After")).contains("1");
        assertThat(json(busy).get("error").get("code").asString()).isEqualTo("ALL_SLOTS_BUSY");
        assertThat(json(send("GET", "/health", "")).get("status").asString()).isEqualTo("busy");
        running.forEach(EmbeddingJob::run);
        assertThat(send("POST", "/execute", "{\"job_id\":\"c\",\"input\":\"x\"}", "X-Deadline", "2020-01-01T00:00:00Z")
                .statusCode()).isEqualTo(504);
    }

    @Test
    void cancelsByJob() {
        EmbeddingJob job = embedder.start(new EmbeddingRequest("gone", List.of("x"), false), null);
        assertThat(send("POST", "/cancel", "{\"job_id\":\"gone\"}").statusCode()).isEqualTo(202);
        assertThatThrownBy(job::run).hasMessageContaining("was cancelled");
    }

    @Test
    void tellsWhatItIs() {
        JsonNode health = json(send("GET", "/health", ""));
        assertThat(health.get("capabilities").valueStream().map(JsonNode::asString)).containsExactly("embedding");
        assertThat(health.get("context_length").asInt()).isEqualTo(TinyBert.PLACES);
        assertThat(health.get("tokenizer_kind").asString()).isEqualTo("words");
        assertThat(health.get("slots_total").asInt()).isEqualTo(2);
        assertThat(send("GET", "/metrics", "").body()).contains("worker_requests_total{outcome=\"success\"}");
        assertThat(json(send("POST", "/tokenize", "{\"prompt\":\"one two\"}")).get("tokens").size()).isEqualTo(4);
        assertThat(json(send("POST", "/tokenize", "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")).get("error")
                .get("message").asString()).contains("takes no messages");
    }
}
