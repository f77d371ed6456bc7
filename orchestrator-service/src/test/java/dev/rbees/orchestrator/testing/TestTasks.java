package dev.rbees.orchestrator.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.ResponseFormat;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.SamplingParameters.Penalties;
import dev.rbees.api.task.SamplingParameters.Truncation;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.scheduling.PlacementDecision;
import dev.rbees.orchestrator.task.Task;

/** Tasks and workers as they are handed in. */
public final class TestTasks {

    /** A choice that nobody looks at. */
    public static final PlacementDecision CHOICE = new PlacementDecision(1, "least-loaded", "policy", Map.of(), List.of());

    /** The model of most tests. */
    public static final String MODEL = "tiny";

    private TestTasks() {}

    public static TaskSubmission submission(String prompt, Priority priority, @Nullable String session,
            @Nullable Duration deadline) {
        SamplingParameters sampling = new SamplingParameters(16, 0.7, Truncation.NONE, Penalties.NONE, Map.of(), List.of(),
                null, false, null, new ResponseFormat.Text());
        return new TaskSubmission(MODEL, new Prompt.Raw(prompt), sampling, priority, session, deadline, OnDisconnect.KEEP);
    }

    /** A task that was just accepted, with a deadline of an hour. */
    public static Task fresh(String id, Instant now) {
        return Task.accepted(id, "c1", "t1", null, submission("hello", Priority.INTERACTIVE, null, Duration.ofHours(1)),
                now);
    }

    /** A worker of the model {@code tiny}. */
    public static WorkerRegistration worker(String id, int slots, @Nullable String numerics) {
        return worker(id, MODEL, slots, numerics);
    }

    /** A worker of another model. */
    public static WorkerRegistration worker(String id, String model, int slots, @Nullable String numerics) {
        return new WorkerRegistration(id, "127.0.0.1", 8001, Backend.CPU, model, "a".repeat(64), 128, slots, slots,
                numerics);
    }
}
