package dev.rbees.orchestrator.control;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.Priority;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.scheduling.Availability;
import dev.rbees.orchestrator.scheduling.Choice;
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
 * @param waitedMs from its acceptance to its first worker, or to now
 * @param attempts one entry for each time a worker took it
 */
public record Explanation(String jobId, TaskState status, String model, Priority priority, @Nullable String sessionId,
        @Nullable Waiting waiting, long waitedMs, List<ExplainedAttempt> attempts) {

    /**
     * @param reason {@code no_worker}, {@code no_free_slot}, {@code its_turn} or {@code retry}
     * @param queuePosition 1 is next; null between two attempts
     * @param predictedStartMs when it will probably begin, from now; null while nothing is known of that
     * @param workers how many workers have the model, by availability
     */
    public record Waiting(String reason, @Nullable Integer queuePosition, @Nullable Long predictedStartMs,
            Map<String, Integer> workers) {}

    /**
     * @param number from 1
     * @param workerId the worker
     * @param startedAt when it was given to the worker
     * @param endedAt when it came back
     * @param outcome {@code completed}, {@code cancelled}, or the error code in capitals; null while it runs
     * @param exact whether its tokens are bit for bit those of an uninterrupted run
     * @param firstToken index of the first token that it was to make
     * @param choice who could have had it, and by what it was chosen
     */
    public record ExplainedAttempt(int number, String workerId, Instant startedAt, @Nullable Instant endedAt,
            @Nullable String outcome, boolean exact, int firstToken, @Nullable Choice choice) {

        static ExplainedAttempt of(Attempt attempt) {
            return new ExplainedAttempt(attempt.number(), attempt.workerId(), attempt.startedAt(), attempt.endedAt(),
                    attempt.outcome(), attempt.exact(), attempt.firstToken(), attempt.choice());
        }
    }

    static Explanation of(Task task, @Nullable Waiting waiting, Instant now) {
        Instant until = task.attempts().isEmpty()
                ? task.endedAt() == null ? now : task.endedAt()
                : task.attempts().getFirst().startedAt();
        return new Explanation(task.id(), task.state(), task.model(), task.priority(), task.session(), waiting,
                Duration.between(task.createdAt(), until).toMillis(),
                task.attempts().stream().map(ExplainedAttempt::of).toList());
    }

    static Map<String, Integer> named(Map<Availability, Integer> counts) {
        Map<String, Integer> named = new TreeMap<>();
        counts.forEach((availability, count) -> named.put(availability.wireName(), count));
        return named;
    }
}
