package dev.rbees.orchestrator.task;

import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.json.Json;
import dev.rbees.api.task.StopReason;
import dev.rbees.api.task.TaskEvent;
import dev.rbees.api.task.TaskState;
import dev.rbees.orchestrator.testing.TestTasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The record of a task and the table of its moves. */
class TaskTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00.123Z");
    private static final TaskEvent.End END = new TaskEvent.End(7, 0, 3, 20, StopReason.EOS, null);

    private static final Map<Move, UnaryOperator<Task>> MOVES = Map.of(
            Move.DISPATCH, task -> task.dispatched("w1", null, 0, TestTasks.CHOICE, NOW),
            Move.START, task -> task.running(NOW),
            Move.RETRY, task -> task.retrying(ErrorCode.WORKER_UNAVAILABLE, NOW),
            Move.REQUEUE, Task::requeued,
            Move.COMPLETE, task -> task.completed(END, NOW),
            Move.FAIL, task -> task.ended(ErrorCode.INFERENCE_FAILED, "broken", NOW),
            Move.CANCEL, task -> task.ended(ErrorCode.CANCELLED, "cancelled", NOW),
            Move.EXPIRE, task -> task.ended(ErrorCode.DEADLINE_EXCEEDED, "late", NOW));

    private static Task fresh() {
        return TestTasks.fresh("t1", NOW);
    }

    /** Walks from every state that can be reached by every move. */
    @Test
    void everyRowOfTheTableIsTakenAndNothingElseIsPossible() {
        Set<String> taken = new HashSet<>();
        walk(fresh(), taken, EnumSet.noneOf(TaskState.class));
        Set<String> rows = new HashSet<>();
        for (TaskState from : TaskState.values()) {
            for (Move move : Move.values()) {
                TransitionTable.next(from, move).ifPresent(to -> rows.add(from + " " + move + " " + to));
            }
        }
        assertThat(taken).isEqualTo(rows).hasSize(18);
    }

    private static void walk(Task task, Set<String> taken, Set<TaskState> seen) {
        if (!seen.add(task.state())) {
            return;
        }
        MOVES.forEach((move, method) -> {
            if (TransitionTable.next(task.state(), move).isPresent()) {
                Task next = method.apply(task);
                taken.add(task.state() + " " + move + " " + next.state());
                walk(next, taken, seen);
            } else {
                assertThatThrownBy(() -> method.apply(task)).isInstanceOf(IllegalTransition.class)
                        .hasMessage("task t1 is " + task.state() + " and cannot " + move);
            }
        });
    }

    @Test
    void theEndOfATaskIsTheEnd() {
        for (TaskState state : TaskState.values()) {
            boolean movable = EnumSet.allOf(Move.class).stream()
                    .anyMatch(move -> TransitionTable.next(state, move).isPresent());
            assertThat(movable).isEqualTo(!state.terminal());
        }
    }

    @Test
    void countsAttemptsAndTheDeathsOfWorkers() {
        Task task = fresh().dispatched("w1", null, 0, TestTasks.CHOICE, NOW).retrying(ErrorCode.WORKER_UNAVAILABLE, NOW)
                .requeued()
                .dispatched("w2", null, 0, TestTasks.CHOICE, NOW).givenBack().requeued()
                .dispatched("w3", null, 0, TestTasks.CHOICE, NOW).running(NOW).completed(END, NOW);
        assertThat(task.attempts()).extracting("number", "workerId", "outcome")
                .containsExactly(org.assertj.core.groups.Tuple.tuple(1, "w1", "WORKER_UNAVAILABLE"),
                        org.assertj.core.groups.Tuple.tuple(2, "w3", "completed"));
        assertThat(task.workerDeaths()).isEqualTo(1);
        assertThat(task.view(null).workerId()).isEqualTo("w3");
        assertThat(task.tokensOut()).isEqualTo(3);
    }

    @Test
    void anAnswerIsExactWhenAllOfItsPartsWereCalculatedAlike() {
        Task begun = fresh().dispatched("w1", "d/x", 0, TestTasks.CHOICE, NOW).retrying(ErrorCode.WORKER_UNAVAILABLE, NOW)
                .requeued();
        assertThat(begun.numericsToGoOn(5)).isEqualTo("d/x");
        assertThat(begun.numericsToGoOn(0)).as("nothing was said").isNull();
        Task alike = begun.dispatched("w2", "d/x", 5, TestTasks.CHOICE, NOW);
        assertThat(alike.attempts()).extracting("exact").containsExactly(true, true);
        Task other = begun.dispatched("w2", "d/y", 5, TestTasks.CHOICE, NOW);
        assertThat(other.attempts()).extracting("exact").containsExactly(true, false);
        Task silent = begun.dispatched("w2", null, 5, TestTasks.CHOICE, NOW);
        assertThat(silent.attempts()).extracting("exact").containsExactly(true, false);
        Task mixed = other.retrying(ErrorCode.WORKER_UNAVAILABLE, NOW).requeued();
        assertThat(mixed.numericsToGoOn(9)).as("no worker can go on exactly").isNull();
        assertThat(mixed.numericsToGoOn(5)).as("the second said nothing").isEqualTo("d/x");
        assertThat(mixed.dispatched("w3", "d/y", 9, TestTasks.CHOICE, NOW).attempts().getLast().exact()).isFalse();
    }

    @Test
    void survivesTheRecord() {
        Task task = fresh().dispatched("w1", null, 0, TestTasks.CHOICE, NOW).running(NOW).ended(ErrorCode.CANCELLED,
                "the task was cancelled", NOW);
        assertThat(Json.read(Json.write(task), Task.class)).isEqualTo(task);
        assertThat(task.attempts().getFirst().outcome()).isEqualTo("cancelled");
    }
}
