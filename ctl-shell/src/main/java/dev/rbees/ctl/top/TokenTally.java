package dev.rbees.ctl.top;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.rbees.api.task.TaskView;

/**
 * Counts the tokens that each worker has made, from the records of tasks that end. why: the orchestrator counts those of all workers
 * together, and a worker itself may be out of reach.
 */
final class TokenTally {

    private final Map<String, Double> tokens = new HashMap<>();
    private Set<String> ended = Set.of();
    private boolean begun;

    /** Takes in the newest tasks; those that had ended before the first look count for nothing. */
    Map<String, Double> after(List<TaskView> newest) {
        List<TaskView> done = newest.stream().filter(task -> task.endedAt() != null).toList();
        if (begun) {
            done.stream().filter(task -> !ended.contains(task.jobId())).forEach(this::count);
        }
        begun = true;
        ended = done.stream().map(TaskView::jobId).collect(Collectors.toUnmodifiableSet());
        return Map.copyOf(tokens);
    }

    private void count(TaskView task) {
        if (task.workerId() != null && task.tokensOut() != null) {
            tokens.merge(task.workerId(), (double) task.tokensOut(), Double::sum);
        }
    }
}
