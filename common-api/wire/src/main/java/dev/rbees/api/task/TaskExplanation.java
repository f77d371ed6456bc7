package dev.rbees.api.task;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

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
 * @param attempts one entry for each time a worker took it, with the decision that led there
 */
public record TaskExplanation(String jobId, TaskState status, String model, Priority priority, @Nullable String sessionId,
        @Nullable Waiting waiting, long waitedMs, List<Attempt> attempts) {

    public TaskExplanation {
        attempts = List.copyOf(attempts);
    }

    /**
     * @param reason {@code no_worker}, {@code no_free_slot}, {@code its_turn} or {@code retry}, or why no worker has its model yet, as in
     *        {@link WaitingFor}
     * @param queuePosition 1 is next; null between two attempts
     * @param predictedStartMs when it will probably begin, from now; null while nothing is known of that
     * @param workers how many workers have the model, by availability
     * @param waitingFor the worker that is being started, or why none is; null when a worker has the model
     * @param sites why the model is not started there, by pool and device; empty when it is, or need not be
     */
    public record Waiting(String reason, @Nullable Integer queuePosition, @Nullable Long predictedStartMs,
            Map<String, Integer> workers, @Nullable WaitingFor waitingFor,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> sites) {

        @SuppressWarnings("NullAway") // why: what is empty is left out in JSON
        public Waiting {
            sites = sites == null ? Map.of() : Map.copyOf(sites);
        }

        /** Nothing is being started. */
        public Waiting(String reason, @Nullable Integer queuePosition, @Nullable Long predictedStartMs,
                Map<String, Integer> workers) {
            this(reason, queuePosition, predictedStartMs, workers, null, Map.of());
        }
    }

    /**
     * One time that a worker took the task.
     *
     * @param number from 1
     * @param workerId the worker
     * @param numerics how it calculates, null when it does not say
     * @param firstToken index of the first token that it was to make
     * @param startedAt when it was given to the worker
     * @param endedAt when it came back
     * @param outcome {@code completed}, {@code cancelled}, or the error code in capitals; null while it runs
     * @param exact whether its tokens are bit for bit those of an uninterrupted run
     * @param choice why it went there; null in records of old
     */
    public record Attempt(int number, String workerId, @Nullable String numerics, int firstToken, Instant startedAt,
            @Nullable Instant endedAt, @Nullable String outcome, boolean exact, @Nullable Choice choice) {}

    /**
     * Why the task went to a worker.
     *
     * @param decision number of the decision
     * @param policy by what was chosen
     * @param reason {@code policy}, {@code same_numerics} or {@code affinity}
     * @param workers how many workers of the model there were, by availability
     * @param candidates the best few of those with room, in the order of the policy; the chosen one is among them
     */
    public record Choice(long decision, String policy, String reason, Map<String, Integer> workers,
            List<Candidate> candidates) {}

    /**
     * @param workerId who
     * @param score what the policy orders by: parts per million of slots in use, number of its last decision, or free bytes
     * @param slotsFree of its slots
     */
    public record Candidate(String workerId, long score, int slotsFree) {}
}
