package dev.rbees.orchestrator.observability;

import java.time.Duration;
import java.util.Locale;
import java.util.function.ToIntFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import dev.rbees.api.task.Priority;
import dev.rbees.orchestrator.task.Task;

/** Names and numbers of what happens to tasks. No label ever holds an id of a task or anything that a client wrote. */
public final class TaskMeters {

    private final MeterRegistry registry;
    private final Counter accepted;
    private final Counter rejected;
    private final Timer queueWait;
    private final Counter tokensIn;
    private final Counter tokensOut;

    /** @param waiting how many wait of a class, from any thread */
    public TaskMeters(MeterRegistry registry, ToIntFunction<Priority> waiting) {
        this.registry = registry;
        this.accepted = submissions("accepted");
        this.rejected = submissions("rejected");
        this.queueWait = Timer.builder("orchd_queue_wait").description("Time from acceptance to the first dispatch")
                .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1),
                        Duration.ofSeconds(10), Duration.ofSeconds(60))
                .register(registry);
        this.tokensIn = Counter.builder("orchd_tokens_in").description("Tokens of prompts").register(registry);
        this.tokensOut = Counter.builder("orchd_tokens_out").description("Tokens of answers").register(registry);
        for (Priority priority : Priority.values()) {
            Gauge.builder("orchd_queue_depth", () -> waiting.applyAsInt(priority)).tag("priority", priority.wireName())
                    .description("Tasks that wait").register(registry);
        }
    }

    private Counter submissions(String outcome) {
        return Counter.builder("orchd_tasks_enqueued").tag("outcome", outcome).description("Tasks that were handed in")
                .register(registry);
    }

    /** A task was handed in. */
    public void submitted(boolean wasAccepted) {
        (wasAccepted ? accepted : rejected).increment();
    }

    /** A task was given to a worker. */
    public void dispatched(Duration waited) {
        queueWait.record(waited);
    }

    /** A task ended. */
    public void ended(Task task) {
        Counter.builder("orchd_tasks_ended").tag("outcome", task.state().name().toLowerCase(Locale.ROOT))
                .description("Tasks that came to an end").register(registry).increment();
        if (task.tokensIn() != null) {
            tokensIn.increment(task.tokensIn());
        }
        if (task.tokensOut() != null) {
            tokensOut.increment(task.tokensOut());
        }
    }
}
