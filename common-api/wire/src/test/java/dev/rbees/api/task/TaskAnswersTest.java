package dev.rbees.api.task;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import dev.rbees.api.json.Json;
import dev.rbees.api.task.TaskExplanation.Attempt;
import dev.rbees.api.task.TaskExplanation.Candidate;
import dev.rbees.api.task.TaskExplanation.Choice;
import dev.rbees.api.task.TaskExplanation.Waiting;

import static org.assertj.core.api.Assertions.assertThat;

/** What the orchestrator answers about a task is read back as it was. */
class TaskAnswersTest {

    private static final Instant START = Instant.parse("2026-11-27T06:00:00.250Z");

    @Test
    void anAcceptanceNamesItsEvents() {
        Accepted accepted = Accepted.of("t-1", TaskState.QUEUED, 3);
        assertThat(Json.write(accepted)).isEqualTo(
                "{\"job_id\":\"t-1\",\"status\":\"QUEUED\",\"queue_position\":3,\"events_url\":\"/v2/tasks/t-1/events\"}");
        assertThat(Json.read(Json.write(accepted), Accepted.class)).isEqualTo(accepted);
        assertThat(Json.write(Accepted.of("t-1", TaskState.DISPATCHED, null))).doesNotContain("queue_position");
    }

    @Test
    void anExplanationCarriesTheChoiceOfEachAttempt() {
        Choice choice = new Choice(7, "least_loaded", "policy", Map.of("ready", 2),
                List.of(new Candidate("w1", 250_000, 3), new Candidate("w2", 500_000, 2)));
        TaskExplanation told = new TaskExplanation("t-1", TaskState.RUNNING, "tiny", Priority.INTERACTIVE, null, null, 12,
                List.of(new Attempt(1, "w1", "avx2", 0, START, START.plusMillis(5), "WORKER_UNAVAILABLE", true, choice),
                        new Attempt(2, "w2", null, 4, START.plusMillis(9), null, null, false, null)));
        String json = Json.write(told);
        assertThat(json).contains("\"waited_ms\":12", "\"first_token\":4", "\"started_at\":\"2026-11-27T06:00:00.250Z\"",
                "\"candidates\":[{\"worker_id\":\"w1\",\"score\":250000,\"slots_free\":3}").doesNotContain("session_id");
        assertThat(Json.read(json, TaskExplanation.class)).isEqualTo(told);
    }

    @Test
    void anExplanationSaysWhatATaskWaitsFor() {
        TaskExplanation told = new TaskExplanation("t-1", TaskState.QUEUED, "tiny", Priority.BATCH, "s1",
                new Waiting("no_free_slot", 4, 1_500L, Map.of("busy", 1)), 300, List.of());
        assertThat(Json.write(told)).contains("\"waiting\":{\"reason\":\"no_free_slot\",\"queue_position\":4,"
                + "\"predicted_start_ms\":1500,\"workers\":{\"busy\":1}}");
        assertThat(Json.read(Json.write(told), TaskExplanation.class)).isEqualTo(told);
    }
}
