package dev.rbees.orchestrator.scheduling;

import java.util.List;
import java.util.Map;

import dev.rbees.api.task.TaskExplanation;

/**
 * Why a task went where it went.
 *
 * @param decision number of the decision
 * @param policy by what was chosen
 * @param reason {@code policy}, {@code same_numerics} or {@code affinity}
 * @param workers how many workers of the model there were, by availability
 * @param candidates the best few of those with room, in the order of the policy; the chosen one is among them
 */
public record PlacementDecision(long decision, String policy, String reason, Map<String, Integer> workers,
        List<Candidate> candidates) {

    /**
     * @param workerId who
     * @param score what the policy orders by: parts per million of slots in use, number of its last decision, or free bytes
     * @param slotsFree of its slots
     */
    public record Candidate(String workerId, long score, int slotsFree) {}

    /** As it is shown. */
    public TaskExplanation.Choice explanation() {
        return new TaskExplanation.Choice(decision, policy, reason, workers, candidates.stream().map(
                one -> new TaskExplanation.Candidate(one.workerId(), one.score(), one.slotsFree())).toList());
    }
}
