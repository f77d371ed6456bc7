package dev.rbees.orchestrator.task;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.TaskExplanation;
import dev.rbees.api.task.TaskView;
import dev.rbees.orchestrator.scheduling.PlacementDecision;

/**
 * One time that a worker took a task.
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
        @Nullable Instant endedAt, @Nullable String outcome, boolean exact, @Nullable PlacementDecision choice) {

    Attempt ended(String why, Instant now) {
        return new Attempt(number, workerId, numerics, firstToken, startedAt, now, why, exact, choice);
    }

    TaskExplanation.Attempt explanation() {
        return new TaskExplanation.Attempt(number, workerId, numerics, firstToken, startedAt, endedAt, outcome, exact,
                choice == null ? null : choice.explanation());
    }

    TaskView.Attempt view() {
        return new TaskView.Attempt(number, workerId, startedAt, endedAt, outcome, exact);
    }
}
