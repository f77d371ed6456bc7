package dev.rbees.orchestrator.task;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

import dev.rbees.api.task.TaskState;

import static dev.rbees.api.task.TaskState.CANCELLED;
import static dev.rbees.api.task.TaskState.COMPLETED;
import static dev.rbees.api.task.TaskState.DISPATCHED;
import static dev.rbees.api.task.TaskState.EXPIRED;
import static dev.rbees.api.task.TaskState.FAILED;
import static dev.rbees.api.task.TaskState.QUEUED;
import static dev.rbees.api.task.TaskState.RETRY_WAIT;
import static dev.rbees.api.task.TaskState.RUNNING;

/** Where a task goes from each state. What is not in the table cannot happen. */
public final class TransitionTable {

    private static final Map<TaskState, Map<Move, TaskState>> TABLE = new EnumMap<>(Map.of(
            QUEUED, Map.of(
                    Move.DISPATCH, DISPATCHED,
                    Move.FAIL, FAILED,
                    Move.CANCEL, CANCELLED,
                    Move.EXPIRE, EXPIRED),
            DISPATCHED, Map.of(
                    Move.START, RUNNING,
                    Move.RETRY, RETRY_WAIT,
                    Move.FAIL, FAILED,
                    Move.CANCEL, CANCELLED,
                    Move.EXPIRE, EXPIRED),
            RUNNING, Map.of(
                    Move.RETRY, RETRY_WAIT,
                    Move.COMPLETE, COMPLETED,
                    Move.FAIL, FAILED,
                    Move.CANCEL, CANCELLED,
                    Move.EXPIRE, EXPIRED),
            RETRY_WAIT, Map.of(
                    Move.REQUEUE, QUEUED,
                    Move.FAIL, FAILED,
                    Move.CANCEL, CANCELLED,
                    Move.EXPIRE, EXPIRED)));

    private TransitionTable() {}

    /** The state after a move, if the move is allowed. */
    public static Optional<TaskState> next(TaskState from, Move move) {
        return Optional.ofNullable(TABLE.getOrDefault(from, Map.of()).get(move));
    }

    /** @throws IllegalTransition when the table has no such move */
    static TaskState require(String task, TaskState from, Move move) {
        return next(from, move).orElseThrow(() -> new IllegalTransition(task, from, move));
    }
}
