package dev.rbees.orchestrator.testing;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;

/** An orchestrator for each test, with room for a few tasks, and workers that do as they are told; over real HTTP. */
public abstract class OrchestratorOverHttp {

    /** How many tasks may wait. */
    protected static final int CAPACITY = 3;

    @TempDir
    protected Path home;

    protected RunningOrchestrator orchestrator;
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

    /** A worker that is registered. */
    protected ScriptedWorker worker(String id, int slots) {
        try {
            ScriptedWorker worker = new ScriptedWorker(id, "tiny", slots);
            workers.add(worker);
            orchestrator.register(worker);
            return worker;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    protected static JsonNode body(HttpResponse<String> response) {
        return Json.readTree(response.body().getBytes(StandardCharsets.UTF_8));
    }

    protected static String code(HttpResponse<String> response) {
        return body(response).at("/error/code").asString();
    }

    /** Tasks for the model {@code tiny} are taken, and wait. */
    protected void makeTinyKnown() {
        worker("gone", 1);
        orchestrator.send("DELETE", "/v2/workers/gone", "");
    }
}
