package dev.rbees.orchestrator.web;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import dev.rbees.orchestrator.testing.BlockedLoops;
import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.orchestrator.testing.ScriptedWorker;

import static org.assertj.core.api.Assertions.assertThat;

/** Event loops wait for nothing, whatever is asked. */
class EventLoopTest {

    @TempDir
    Path home;

    @BeforeEach
    void watch() {
        BlockedLoops.watch();
    }

    /** What this test would see: the watch itself works. */
    @Test
    void aThreadThatMustNotWaitIsSeenWaiting() {
        Mono.fromRunnable(() -> {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }).subscribeOn(Schedulers.parallel()).block(Duration.ofSeconds(10));
        assertThat(BlockedLoops.seen()).anyMatch(where -> where.startsWith("parallel-") && where.contains("sleep"));
    }

    @Test
    void noRequestMakesAnEventLoopWait() throws Exception {
        try (RunningOrchestrator orchestrator = new RunningOrchestrator(home.resolve("home"), 10);
                ScriptedWorker worker = new ScriptedWorker("w1", "tiny", 2)) {
            orchestrator.register(worker);
            orchestrator.send("POST", "/v2/workers/w1/heartbeat", "{\"status\":\"ready\",\"slots_free\":2}");
            for (int i = 0; i < 5; i++) {
                String task = orchestrator.submit("say 3");
                orchestrator.awaitStatus(task, "COMPLETED");
                assertThat(orchestrator.events(task, 0)).isNotEmpty();
                for (String path : List.of("/v2/tasks/" + task, "/v2/tasks", "/v2/tasks/" + task + "/explain",
                        "/v2/workers", "/v2/models", "/v1/models", "/v2/health", "/v2/meta/version",
                        "/v2/meta/capabilities", "/health", "/health/ready", "/metrics", "/openapi.json", "/v2/tenants",
                        "/v2/sessions/none", "/nothing")) {
                    orchestrator.send("GET", path, "");
                }
                orchestrator.send("POST", "/v2/tasks/" + task + "/cancel", "");
                orchestrator.send("POST", "/v2/sessions", "{\"session_id\":\"s" + i + "\"}");
                orchestrator.send("DELETE", "/v2/sessions/s" + i, "");
                chat(orchestrator, false);
                chat(orchestrator, true);
            }
            String held = orchestrator.submit("hold");
            orchestrator.send("DELETE", "/v2/tasks/" + held, "");
            worker.release();
            orchestrator.send("DELETE", "/v2/workers/w1", "");
            assertThat(BlockedLoops.seen()).filteredOn(where -> where.startsWith("reactor-http")).isEmpty();
        }
    }

    private static void chat(RunningOrchestrator orchestrator, boolean stream) {
        assertThat(orchestrator.send("POST", "/v1/chat/completions",
                "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"say 2\"}],\"stream\":" + stream + "}")
                .statusCode()).isEqualTo(200);
    }
}
