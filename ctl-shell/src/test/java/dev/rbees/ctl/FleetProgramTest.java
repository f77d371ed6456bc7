package dev.rbees.ctl;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.testing.Golden;

import static dev.rbees.ctl.client.FakeServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code rbees workers}, {@code rbees models} and {@code rbees jobs explain}. */
class FleetProgramTest extends CtlProcess {

    private static final String WORKER = """
                                         {"worker_id":"worker-cpu-x7k2p9","endpoint":"http://10.0.0.7:8001","backend":"cpu","model":"tiny",
                                         "model_digest":"%s","capabilities":["text-gen"],"status":"busy",
                                         "slots_total":4,"slots_free":1,"context_length":2048,"registered_at":"AGO","last_seen_at":"AGO",
                                         "circuit":"half_open"}"""
            .formatted("ab12".repeat(16));
    private static final String MODELS = """
                                         [{"model_id":"tiny","model_digest":"%s","context_length":2048,"workers":["worker-cpu-x7k2p9"]},
                                         {"model_id":"later","model_digest":"unknown","context_length":4096,"workers":[]}]"""
            .formatted("ab12".repeat(16));
    private static final String WAITS = """
                                        {"job_id":"t1","status":"QUEUED","model":"tiny","priority":"batch","session_id":"s1","waited_ms":65000,
                                        "waiting":{"reason":"no_free_slot","queue_position":3,"predicted_start_ms":8000,"workers":{"full":2,"not_ready":1}},
                                        "attempts":[]}""";
    private static final String WENT = """
                                       {"job_id":"t2","status":"RUNNING","model":"tiny","priority":"interactive","waited_ms":300,"attempts":[
                                       {"number":1,"worker_id":"worker-cpu-a","first_token":0,"started_at":"AGO","ended_at":"AGO",
                                       "outcome":"WORKER_UNAVAILABLE","exact":true,"choice":{"decision":7,"policy":"LEAST_LOADED","reason":"policy",
                                       "workers":{"free":2,"full":1},"candidates":[{"worker_id":"worker-cpu-a","score":250000,"slots_free":3},
                                       {"worker_id":"worker-cpu-b","score":500000,"slots_free":2}]}},
                                       {"number":2,"worker_id":"worker-cpu-b","first_token":17,"started_at":"AGO","exact":false}]}""";

    @BeforeEach
    void anOrchestrator() {
        String ago = Json.format(Instant.now().minus(Duration.ofSeconds(3 * 60 + 20)));
        server.on("GET /v2/workers", json(200, "[" + WORKER.replace("AGO", ago) + "]"));
        server.on("GET /v2/models", json(200, MODELS));
        server.on("GET /v2/tasks/t1/explain", json(200, WAITS));
        server.on("GET /v2/tasks/t2/explain", json(200, WENT.replace("AGO", ago)));
    }

    @Test
    void theyAreReadAsTables() throws Exception {
        StringBuilder all = new StringBuilder();
        for (String line : Stream.of("workers", "workers show worker-c", "models", "models -o name", "jobs explain t1",
                "jobs explain t2").toList()) {
            Ran ran = run(line.split(" ", -1));
            assertThat(ran.err()).as(line).isEmpty();
            all.append("$ rbees ").append(line).append('\n').append(ran.out()).append('\n');
        }
        Golden.check("fleet.txt", all.toString());
    }

    @Test
    void programsReadTheSameAsDocuments() throws Exception {
        assertThat(document("jobs", "explain", "t1", "-o", "json")).isEqualTo(Json.readTree(WAITS.getBytes(UTF_8)));
        assertThat(document("models", "-o", "json")).isEqualTo(Json.readTree(MODELS.getBytes(UTF_8)));
        assertThat(document("workers", "show", "worker-cpu-x7k2p9", "-o", "json").path("model_digest").asString())
                .hasSize(64);
        assertThat(run("workers", "-o", "name").out()).isEqualTo("worker-cpu-x7k2p9\n");
        assertThat(run("jobs", "explain", "t2", "-o", "yaml").out()).contains("policy: LEAST_LOADED");
    }

    private JsonNode document(String... words) throws Exception {
        return Json.readTree(run(words).out().getBytes(UTF_8));
    }

    @Test
    void aReasonOfALaterVersionIsPassedOn() throws Exception {
        server.on("GET /v2/tasks/t1/explain", json(200, WAITS.replace("no_free_slot", "full_moon")));

        assertThat(run("jobs", "explain", "t1").out()).contains("\nIt waits: full moon.\n");
    }

    @Test
    void whatIsNotThereIsSaid() throws Exception {
        assertThat(run("workers", "show", "worker-cpu-x7k2p8")).isEqualTo(new Ran(3, "",
                "error: no worker 'worker-cpu-x7k2p8' is registered; did you mean 'worker-cpu-x7k2p9'?;"
                        + " 'rbees workers' shows them\n"));
        server.on("GET /v2/workers", json(200, "[]"));
        assertThat(run("workers")).isEqualTo(new Ran(0, "",
                "No workers are registered; 'rbees-pool worker spawn' starts one.\n"));
    }

    @Test
    void theStatusOfAJobIsItsRecord() throws Exception {
        server.on("GET /v2/tasks/t1", json(200, TASK));
        assertThat(run("jobs", "status", "t1", "-o", "json")).isEqualTo(run("jobs", "show", "t1", "-o", "json"));
    }
}
