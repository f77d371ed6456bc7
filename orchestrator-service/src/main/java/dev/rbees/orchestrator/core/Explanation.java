package dev.rbees.orchestrator.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.Priority;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.task.Attempt;
import dev.rbees.orchestrator.task.Task;

/**
 * Why a task is where it is, and why it went where it went.
 *
 * @param jobId the task
 * @param status where it is
 * @param model id of the model
 * @param priority class in the queue
 * @param sessionId session that it belongs to, null for none
 * @param waiting for what it waits; null when it does not wait
 * @param waitedMs from its acceptance to its first worker, to its end without one, or to now
 * @param attempts one entry for each time a worker took it, with the choice that led there
 */
public record Explanation(String jobId, TaskState status, String model, Priority priority, @Nullable String sessionId,
        @Nullable Waiting waiting, long waitedMs, List<Attempt> attempts) {

    /**
     * @param reason {@code no_worker}, {@code no_free_slot}, {@code its_turn} or {@code retry}
     * @param queuePosition 1 is next; null between two attempts
     * @param predictedStartMs when it will probably begin, from now; null while nothing is known of that
     * @param workers how many workers have the model, by availability
     */
    public record Waiting(String reason, @Nullable Integer queuePosition, @Nullable Long predictedStartMs,
            Map<String, Integer> workers) {}

    public static Explanation of(Task task, @Nullable Waiting waiting, Instant now) {
        Instant until = task.attempts().isEmpty() ? now : task.attempts().getFirst().startedAt();
        return new Explanation(task.id(), task.state(), task.model(), task.priority(), task.session(), waiting,
                Duration.between(task.createdAt(), until).toMillis(), task.attempts());
    }
}
