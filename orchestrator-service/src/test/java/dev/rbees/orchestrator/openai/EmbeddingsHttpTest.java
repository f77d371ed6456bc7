package dev.rbees.orchestrator.openai;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.orchestrator.testing.ScriptedWorker;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code POST /v1/embeddings} over real HTTP. */
class EmbeddingsHttpTest {

    @TempDir
    Path home;

    private RunningOrchestrator orchestrator;
    private final List<ScriptedWorker> workers = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        orchestrator = new RunningOrchestrator(home.resolve("home"), 3);
        worker("e1");
    }

    private ScriptedWorker worker(String id) throws IOException {
        ScriptedWorker worker = new ScriptedWorker(id, "bert", 1);
        workers.add(worker);
        orchestrator.register(worker.embeddingRegistration());
        return worker;
    }

    @AfterEach
    void stop() {
        workers.forEach(ScriptedWorker::close);
        orchestrator.close();
    }

    private HttpResponse<String> embed(String fields) {
        return orchestrator.send("POST", "/v1/embeddings", "{\"model\":\"bert\"," + fields + "}");
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Json.readTree(response.body().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void oneTextOrSeveralAreAnsweredInOrder() {
        JsonNode one = json(embed("\"input\":\"abc\""));
        assertThat(one.get("object").asString()).isEqualTo("list");
        assertThat(one.at("/data/0/embedding/0").asDouble()).isEqualTo(3);
        assertThat(one.at("/usage/prompt_tokens").asInt()).isEqualTo(2);
        JsonNode two = json(embed("\"input\":[\"a\",\"bcde\"]"));
        assertThat(two.at("/data/1/embedding/0").asDouble()).isEqualTo(4);
        assertThat(two.at("/data/1/index").asInt()).isEqualTo(1);
    }

    @Test
    void theBytesOfTheNumbersCanBeHadToo() {
        assertThat(json(embed("\"input\":\"abc\",\"encoding_format\":\"base64\"")).at("/data/0/embedding").asString())
                .isEqualTo("AABAQAAAAAA=");
    }

    @Test
    void aWorkerWithoutRoomIsAskedAgainAndOneThatIsGoneIsNot() throws IOException {
        assertThat(json(embed("\"input\":\"busy\"")).at("/data/0/embedding/0").asDouble()).isEqualTo(4);
        worker("e2");
        workers.getFirst().close();
        assertThat(json(embed("\"input\":\"busy\"")).at("/data/0/embedding/0").asDouble()).isEqualTo(4);
    }

    @Test
    void whoComesWhenAllSlotsAreTakenWaits() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<HttpResponse<String>> first = threads.submit(() -> embed("\"input\":\"hold\""));
            Thread.sleep(200);
            Future<HttpResponse<String>> second = threads.submit(() -> embed("\"input\":\"abc\""));
            Thread.sleep(200);
            assertThat(second.isDone()).isFalse();
            workers.getFirst().release();
            assertThat(json(first.get()).at("/data")).hasSize(1);
            assertThat(json(second.get()).at("/data")).hasSize(1);
        }
    }

    @Test
    void whatIsWrongIsToldInOpenAisShape() throws IOException {
        assertThat(embed("\"input\":[],\"dimensions\":3,\"encoding_format\":\"x\",\"nonsense\":1").body()).contains("input",
                "dimensions",
                "encoding_format", "nonsense", "\"type\"");
        assertThat(embed("\"input\":[[1,2]]").statusCode()).isEqualTo(400);
        assertThat(orchestrator.send("POST", "/v1/embeddings", "{\"model\":\"nobody\",\"input\":\"a\"}").statusCode())
                .isEqualTo(404);
        ScriptedWorker text = new ScriptedWorker("w1", "tiny", 1);
        workers.add(text);
        orchestrator.register(text);
        assertThat(orchestrator.send("POST", "/v1/embeddings", "{\"model\":\"tiny\",\"input\":\"a\"}").body())
                .contains("makes text");
        assertThat(orchestrator.send("POST", "/v2/tasks", "{\"model\":\"bert\",\"prompt\":\"a\"}").body())
                .contains("/v1/embeddings");
        orchestrator.send("DELETE", "/v2/workers/e1", "");
        HttpResponse<String> nobody = embed("\"input\":\"a\"");
        assertThat(nobody.statusCode()).isEqualTo(503);
        assertThat(nobody.headers().firstValue("Retry-After")).isPresent();
    }
}
