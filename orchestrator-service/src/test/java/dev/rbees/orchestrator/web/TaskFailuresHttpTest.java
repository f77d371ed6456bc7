package dev.rbees.orchestrator.web;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.rbees.orchestrator.testing.OrchestratorOverHttp;
import dev.rbees.orchestrator.testing.ScriptedWorker;
import dev.rbees.testing.Waiting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** What a client sees when a task does not end as it should. */
class TaskFailuresHttpTest extends OrchestratorOverHttp {

    @Test
    void aWorkerThatDiesBeforeTheFirstTokenIsReplaced() {
        worker("a", 1);
        String id = orchestrator.submit("die");
        Waiting.until(() -> orchestrator.task(id).get("attempts").size() == 1
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
        Waiting.until(() -> orchestrator.status(id).matches("RETRY_WAIT|QUEUED"));
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
        Waiting.until(() -> worker.left() == 1);
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
}
