package dev.rbees.orchestrator.web;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.rbees.orchestrator.testing.RunningOrchestrator;
import dev.rbees.orchestrator.testing.ScriptedWorker;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is left after a shutdown. The death of the process is tried with the installed programs. */
class RestartTest {

    @TempDir
    Path folder;

    @Test
    void finishedTasksStayAndWaitingOnesRun() throws IOException {
        try (ScriptedWorker worker = new ScriptedWorker("w1", "tiny", 1)) {
            String finished;
            String waiting;
            List<String> events;
            try (RunningOrchestrator before = new RunningOrchestrator(folder.resolve("home"), 10)) {
                before.register(worker);
                finished = before.submit("say 2");
                events = before.events(finished, 0);
                before.send("DELETE", "/v2/workers/w1", "");
                waiting = before.submit("say 1");
            }
            try (RunningOrchestrator after = new RunningOrchestrator(folder.resolve("home"), 10)) {
                assertThat(after.events(finished, 0)).isEqualTo(events);
                assertThat(after.status(waiting)).isEqualTo("QUEUED");
                assertThat(after.get("/health").get("queue_depth").asInt()).isEqualTo(1);
                after.register(worker);
                after.awaitStatus(waiting, "COMPLETED");
                assertThat(after.events(waiting, 0)).first().isEqualTo("1 queued");
                assertThat(after.get("/v2/tasks")).hasSize(2);
            }
        }
    }

    @Test
    void anAnswerThatWasCutOffGoesOn() throws IOException, InterruptedException {
        try (ScriptedWorker worker = new ScriptedWorker("w1", "tiny", 1)) {
            String cut;
            try (RunningOrchestrator before = new RunningOrchestrator(folder.resolve("home"), 10)) {
                before.register(worker);
                cut = before.submit("hold");
                try (var lines = before.follow(cut)) {
                    assertThat(lines.anyMatch(line -> line.equals("event: token"))).isTrue();
                }
                assertThat(before.status(cut)).isEqualTo("RUNNING");
            }
            try (RunningOrchestrator after = new RunningOrchestrator(folder.resolve("home"), 10)) {
                assertThat(after.status(cut)).isEqualTo("QUEUED");
                worker.release();
                after.register(worker);
                assertThat(after.events(cut, 0)).containsExactly("1 queued", "2 started", "3 token", "4 queued", "5 end");
                assertThat(after.task(cut).at("/attempts/0/outcome").asString()).isEqualTo("interrupted");
                assertThat(after.task(cut).at("/attempts/1/exact").asBoolean()).isTrue();
            }
        }
    }

    @Test
    void closingEndsStreamsButNotTheTasksThatEndWithTheirLastReader() throws IOException, InterruptedException {
        try (ScriptedWorker worker = new ScriptedWorker("w1", "tiny", 2)) {
            String cut;
            List<String> events = new ArrayList<>();
            CompletableFuture<String> chat;
            try (RunningOrchestrator before = new RunningOrchestrator(folder.resolve("home"), 10)) {
                before.register(worker);
                chat = CompletableFuture.supplyAsync(() -> before.send("POST", "/v1/chat/completions",
                        "{\"model\":\"tiny\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hold\"}]}")
                        .body());
                cut = before.submit("hold", "\"on_disconnect\":\"cancel\"");
                try (var stream = before.follow(cut)) {
                    var lines = stream.iterator();
                    Waiting.until(() -> lines.next().equals("event: token"));
                    Waiting.until(
                            () -> before.get("/v2/tasks").findValuesAsString("status")
                                    .equals(List.of("RUNNING", "RUNNING")));
                    before.shutDown();
                    lines.forEachRemaining(events::add);
                }
            }
            assertThat(events).contains(": closing; come back with Last-Event-ID");
            List<String> chunks = chat.join().lines().filter(line -> line.startsWith("data: ")).toList();
            assertThat(chunks.getLast()).contains("\"error\"", "DRAINING", "ask again when it is back");
            assertThat(chunks).doesNotContain("data: [DONE]");
            try (RunningOrchestrator after = new RunningOrchestrator(folder.resolve("home"), 10)) {
                assertThat(after.get("/v2/tasks").findValuesAsString("status")).containsExactly("QUEUED", "QUEUED");
                assertThat(after.status(cut)).isEqualTo("QUEUED");
            }
        }
    }

    @Test
    void aSecondOrchestratorOnTheSameRecordIsRefused() {
        try (RunningOrchestrator first = new RunningOrchestrator(folder.resolve("home"), 10)) {
            assertThat(first.get("/health").get("status").asString()).isEqualTo("ok");
            assertThatThrownBy(() -> new RunningOrchestrator(folder.resolve("home"), 10))
                    .rootCause().hasMessageContaining("another rbees-orcd uses");
        }
    }
}
