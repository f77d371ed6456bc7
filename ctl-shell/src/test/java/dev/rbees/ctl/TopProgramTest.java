package dev.rbees.ctl;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.testing.Interrupts;
import dev.rbees.testing.TerminalSession;

import static dev.rbees.ctl.client.FakeServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** {@code rbees top}, at a terminal and without one. */
class TopProgramTest extends CtlProcess {

    private static final String LEAVE_SCREEN = "\033[?1049l";

    private static final String POOLS = """
                                        [{"id":"gpu-box","host":"10.0.0.7","labels":{},"on_demand":true,"tunnel":false,"state":"online","last_seen_at":"AGO",
                                        "status":{"schema":1,"host":"gpu-box","memory":{"total_bytes":64000000000,"available_bytes":12500000000},
                                        "disk":{"path":"/","total_bytes":1,"free_bytes":1},"gpus":[{"index":0,"name":"NVIDIA H100",
                                        "vram_total_bytes":80000000000,"vram_free_bytes":60000000000}],"models":[],"workers":[{"worker_id":"worker-cpu-a",
                                        "pid":1,"port":8001,"endpoint":"http://127.0.0.1:8001","backend":"cpu","model":"m","status":"busy","slots_total":4,
                                        "started_at":"AGO"}]}}]""";
    private static final String WORKERS = """
                                          [{"worker_id":"worker-cpu-a","endpoint":"http://10.0.0.7:8001","backend":"cpu","model":"m","model_digest":"d",
                                          "capabilities":["text-gen"],"status":"busy","slots_total":4,"slots_free":1,"context_length":2048,
                                          "registered_at":"AGO","last_seen_at":"AGO","circuit":"closed"}]""";
    private static final String DONE = """
                                       {"job_id":"ID","status":"COMPLETED","model":"m","priority":"batch","created_at":"AGO","ended_at":"AGO",
                                       "worker_id":"worker-cpu-a","tokens_out":100,"attempts":[]}""";
    private static final String WAITS = """
                                        {"job_id":"ID","status":"QUEUED","model":"m","priority":"batch","created_at":"AGO","attempts":[]}""";

    private final AtomicInteger looks = new AtomicInteger();

    @BeforeEach
    void anOrchestrator() {
        server.on("GET /health", json(200, "{\"status\":\"ok\",\"workers\":1,\"pools\":1,\"queue_depth\":2}"));
        server.on("GET /v2/pools", json(200, now(POOLS)));
        server.on("GET /v2/workers", json(200, now(WORKERS)));
        // why: from one look to the next a task of 100 tokens ends
        server.on("GET /metrics", exchange -> json(200, "orchd_tokens_out_total " + 100 * looks.incrementAndGet()
                + "\norchd_queue_depth{priority=\"batch\"} 2.0\n").write(exchange));
        server.on("GET /v2/tasks?limit=500", exchange -> json(200, now("[" + DONE.replace("ID", "old") + ","
                + DONE.replace("ID", "new-" + looks.get()) + "]")).write(exchange));
        server.on("GET /v2/tasks?limit=1000&status=QUEUED",
                json(200, now("[" + WAITS.replace("ID", "a") + "," + WAITS.replace("ID", "b") + "]")));
    }

    private static String now(String text) {
        return text.replace("AGO", Json.format(Instant.now()));
    }

    @Test
    void printsOnceForProgramsWithRatesOfTwoLooks() throws Exception {
        JsonNode top = Json.readTree(run("top", "--output", "json").out().getBytes(UTF_8));

        assertThat(looks).hasValue(2);
        assertThat(top.path("status").asString()).isEqualTo("ok");
        assertThat(top.path("totals").path("slots_busy").asInt()).isEqualTo(3);
        assertThat(top.path("totals").path("batch").asInt()).isEqualTo(2);
        assertThat(top.path("totals").path("tokens_per_second").asDouble()).isPositive();
        assertThat(top.path("workers").get(0).path("machine").asString()).isEqualTo("gpu-box");
        assertThat(top.path("workers").get(0).path("tokens_per_second").asDouble()).isPositive();
        assertThat(top.path("machines").get(0).path("devices").get(0).path("vram_free_bytes").asLong())
                .isEqualTo(60_000_000_000L);
        assertThat(top.path("queue").get(0).path("tasks").asInt()).isEqualTo(2);
    }

    @Test
    void withoutATerminalItPrintsOnceAlsoForAnOrchestratorThatKnowsNoPools() throws Exception {
        server.on("GET /v2/pools", json(404, "{\"error\":{\"code\":\"NOT_FOUND\",\"message\":\"no such path\"}}"));

        Ran ran = run("top");

        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .startsWith("rbees  " + server.url() + "  ok\n0 machines (0 online), 1 worker, 3 of 4 slots busy")
                .containsPattern("worker-cpu-a +- +busy +m +cpu +3/4").doesNotContain("MACHINE  STATE");
        assertThat(run("top", "--orchestrator", "http://127.0.0.1:1").status()).isEqualTo(5);
    }

    private TerminalSession terminal(String term) throws Exception {
        return TerminalSession.start(CtlApplication.class, Map.of("HOME", folder.toString(), "TERM", term,
                "RBEES_ORCHESTRATOR_URL", server.url(), "RBEES_HOME", folder.toString()), "top", "--interval", "1");
    }

    @Test
    void drawsAnewUntilQAndLeavesTheTerminalAsItWas() throws Exception {
        try (TerminalSession terminal = terminal("xterm")) {
            assertThat(terminal.await("worker-cpu-a")).contains("\033[?1049h").contains("gpu-box").contains("NVIDIA H100");
            terminal.await("tokens/s");
            terminal.type("q");
            terminal.await(LEAVE_SCREEN);
            assertThat(terminal.exit()).isZero();
        }
    }

    @Test
    void ctrlCEndsItAndLeavesTheTerminalAsItWas() throws Exception {
        Interrupts.assumeHeard();
        try (TerminalSession terminal = terminal("xterm")) {
            terminal.await("worker-cpu-a");
            terminal.type(TerminalSession.CTRL_C);
            terminal.await(LEAVE_SCREEN);
            assertThat(terminal.exit()).isEqualTo(130);
        }
    }

    @Test
    void anOrchestratorThatGoesAwayIsWaitedFor() throws Exception {
        try (TerminalSession terminal = terminal("xterm")) {
            terminal.await("worker-cpu-a");
            server.on("GET /health", json(503, "{\"error\":{\"code\":\"OVERLOADED\",\"message\":\"who leads?\"}}"));
            terminal.await("who leads?");
            terminal.type("q");
            assertThat(terminal.exit()).isZero();
        }
    }

    @Test
    void aTerminalThatMovesNoCursorGetsBlocks() throws Exception {
        Interrupts.assumeHeard();
        try (TerminalSession terminal = terminal("dumb")) {
            assertThat(terminal.await("rbees  " + server.url())).doesNotContain("\033");
            assertThat(terminal.await("rbees  " + server.url())).as("again").contains("worker-cpu-a").doesNotContain("\033");
            terminal.type(TerminalSession.CTRL_C);
            assertThat(terminal.exit()).isEqualTo(130);
        }
    }
}
