package dev.rbees.orchestrator.scheduling;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.rbees.api.task.Priority;
import dev.rbees.orchestrator.queue.ModelQueue;
import dev.rbees.orchestrator.queue.TaskQueue;
import dev.rbees.orchestrator.scheduling.Scheduler.Assignment;
import dev.rbees.thread.Ownership;

import static org.assertj.core.api.Assertions.assertThat;

/** Who gets what. */
class SchedulerTest {

    private final Map<String, PlacementPreference> preferences = new HashMap<>();
    private final Map<String, String> lastWorkers = new HashMap<>();

    private static WorkerLoad worker(String id, int slots, int running, long memory, long lastChosen,
            @Nullable String numerics) {
        return new WorkerLoad(id, slots, running, memory, lastChosen, numerics, 1_024);
    }

    private static Candidates candidates(Policy policy, WorkerLoad... workers) {
        Candidates all = Candidates.none(policy);
        for (WorkerLoad worker : workers) {
            all = all.with(worker, worker.hasRoom() ? Availability.FREE : Availability.FULL);
        }
        return all;
    }

    private static ModelQueue<String> line(String... tasks) {
        TaskQueue<String> queue = new TaskQueue<>(new Ownership("the queue"));
        for (int i = 0; i < tasks.length; i++) {
            queue.add("m", Priority.INTERACTIVE, "", i, java.time.Instant.EPOCH, tasks[i]);
        }
        return queue.line("m");
    }

    private List<String> decide(Policy policy, Candidates workers, String... tasks) {
        return assignments(policy, workers, tasks).stream().map(made -> made.task() + "->" + made.workerId()).toList();
    }

    private List<Assignment<String>> assignments(Policy policy, Candidates workers, String... tasks) {
        return new Scheduler(policy).decide(new Scheduler.Snapshot<>(line(tasks), workers,
                task -> preferences.getOrDefault(task, PlacementPreference.NONE),
                key -> Optional.ofNullable(lastWorkers.get(key)), 10), 100);
    }

    @Test
    void leastLoadedFillsByShareThenTheLargerThenByName() {
        Candidates workers = candidates(Policy.LEAST_LOADED, worker("a", 2, 1, 0, 0, null), worker("b", 4, 0, 0, 0, null),
                worker("c", 2, 0, 0, 0, null));
        assertThat(decide(Policy.LEAST_LOADED, workers, "1", "2", "3", "4", "5", "6", "7", "8")).containsExactly("1->b",
                "2->c", "3->b", "4->b", "5->a", "6->c", "7->b");
    }

    @Test
    void roundRobinGoesToWhoHasWaitedLongest() {
        Candidates workers = candidates(Policy.ROUND_ROBIN, worker("a", 9, 0, 0, 7, null), worker("b", 9, 5, 0, 3, null),
                worker("c", 9, 0, 0, 5, null));
        assertThat(decide(Policy.ROUND_ROBIN, workers, "1", "2", "3", "4")).containsExactly("1->b", "2->c", "3->a", "4->b");
    }

    @Test
    void mostMemoryFreeLooksAtMemory() {
        Candidates workers = candidates(Policy.MOST_MEMORY_FREE, worker("a", 2, 0, 100, 0, null),
                worker("b", 2, 1, 900, 0, null));
        assertThat(decide(Policy.MOST_MEMORY_FREE, workers, "1", "2")).containsExactly("1->b", "2->a");
    }

    @Test
    void aSessionGoesBackToItsWorkerWhileThatHasRoom() {
        preferences.put("1", new PlacementPreference(null, "s", 0));
        preferences.put("2", new PlacementPreference(null, "s", 0));
        lastWorkers.put("s", "b");
        Candidates workers = candidates(Policy.SESSION_AFFINITY, worker("a", 4, 0, 0, 0, null),
                worker("b", 4, 3, 0, 0, null));
        List<Assignment<String>> made = assignments(Policy.SESSION_AFFINITY, workers, "1", "2");
        assertThat(made).extracting(Assignment::workerId).containsExactly("b", "a");
        assertThat(made).extracting(one -> one.choice().reason()).containsExactly("affinity", "policy");
    }

    @Test
    void anAnswerGoesOnWhereItIsCalculatedAlikeWhenThereIsRoom() {
        preferences.put("1", new PlacementPreference("x", null, 0));
        preferences.put("2", new PlacementPreference("x", null, 0));
        Candidates workers = candidates(Policy.LEAST_LOADED, worker("a", 4, 0, 0, 0, "y"), worker("b", 4, 3, 0, 0, "x"),
                worker("c", 4, 0, 0, 0, null));
        List<Assignment<String>> made = assignments(Policy.LEAST_LOADED, workers, "1", "2");
        assertThat(made).extracting(Assignment::workerId).containsExactly("b", "a");
        assertThat(made).extracting(one -> one.choice().reason()).containsExactly("same_numerics", "policy");
    }

    @Test
    void aChoiceNamesTheBestFewAndCountsTheRest() {
        Candidates workers = candidates(Policy.LEAST_LOADED, worker("a", 1, 1, 0, 0, null), worker("b", 2, 1, 0, 0, null),
                worker("c", 4, 0, 0, 0, null), worker("d", 4, 1, 0, 0, null), worker("e", 4, 3, 0, 0, null))
                .with(worker("f", 1, 0, 0, 0, null), Availability.NOT_READY);
        PlacementDecision choice = assignments(Policy.LEAST_LOADED, workers, "1").getFirst().choice();
        assertThat(choice.decision()).isEqualTo(11);
        assertThat(choice.workers()).isEqualTo(Map.of("free", 4, "full", 1, "not_ready", 1));
        assertThat(choice.candidates()).containsExactly(new PlacementDecision.Candidate("c", 0, 4),
                new PlacementDecision.Candidate("d", 250_000, 3), new PlacementDecision.Candidate("b", 500_000, 1));
    }

    @Test
    void nobodyGetsAnythingWhereThereIsNoRoomOrNobodyWaits() {
        assertThat(decide(Policy.LEAST_LOADED, candidates(Policy.LEAST_LOADED, worker("a", 1, 1, 0, 0, null)), "1"))
                .isEmpty();
        assertThat(decide(Policy.LEAST_LOADED, candidates(Policy.LEAST_LOADED, worker("a", 1, 0, 0, 0, null)))).isEmpty();
    }
}
