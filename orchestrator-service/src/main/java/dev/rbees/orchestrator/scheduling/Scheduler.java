package dev.rbees.orchestrator.scheduling;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import dev.rbees.orchestrator.queue.ModelQueue;

/** Decides who runs what: a pure function of what it is shown, without a clock, without input or output. */
public final class Scheduler {

    private static final int SHOWN = 3;
    /** why: each of them is looked at again after each command. */
    private static final int MOST_PASSED_OVER = 64;

    private final Policy policy;

    public Scheduler(Policy policy) {
        this.policy = policy;
    }

    /**
     * A moment, as far as one model is concerned.
     *
     * @param <T> tasks
     * @param line who waits
     * @param workers who could work
     * @param preferences what a task asks of its worker
     * @param lastOfAffinity who had the last task of the same affinity
     * @param decisions how many decisions there were before
     */
    public record Snapshot<T>(ModelQueue<T> line, Candidates workers, Function<T, PlacementPreference> preferences,
            Function<String, Optional<String>> lastOfAffinity, long decisions) {}

    /** A task goes to a worker. */
    public record Assignment<T>(T task, String workerId, PlacementDecision choice) {}

    /**
     * Which of the waiting tasks go to which worker now, in their order; at most {@code max}. A task for which no free worker has
     * context enough is passed over, a few of these at most.
     */
    public <T> List<Assignment<T>> decide(Snapshot<T> now, int max) {
        List<Assignment<T>> made = new ArrayList<>();
        ModelQueue<T> line = now.line();
        Candidates workers = now.workers();
        long decision = now.decisions();
        int passedOver = 0;
        while (made.size() < max && passedOver <= MOST_PASSED_OVER && !line.isEmpty() && workers.anyFree()) {
            T task = line.first().orElseThrow();
            line = line.rest();
            Optional<Chosen> chosen = choose(now.preferences().apply(task), workers, now.lastOfAffinity());
            if (chosen.isEmpty()) {
                passedOver++;
                continue;
            }
            WorkerLoad worker = chosen.get().worker();
            decision++;
            made.add(new Assignment<>(task, worker.workerId(), choice(decision, chosen.get(), workers)));
            workers = workers.after(worker, decision);
        }
        return made;
    }

    private record Chosen(WorkerLoad worker, String reason) {}

    private static Optional<Chosen> choose(PlacementPreference wanted, Candidates workers,
            Function<String, Optional<String>> lastOfAffinity) {
        Optional<Chosen> same = Optional.ofNullable(wanted.numerics()).flatMap(workers::bestLike).filter(wanted::fits)
                .map(worker -> new Chosen(worker, "same_numerics"));
        Optional<Chosen> near = Optional.ofNullable(wanted.affinity()).flatMap(lastOfAffinity).flatMap(workers::named)
                .filter(wanted::fits).map(worker -> new Chosen(worker, "affinity"));
        return same.or(() -> near).or(() -> workers.best(wanted).map(worker -> new Chosen(worker, "policy")));
    }

    private PlacementDecision choice(long decision, Chosen chosen, Candidates workers) {
        List<WorkerLoad> best = new ArrayList<>(workers.bestOnes(SHOWN));
        if (!best.contains(chosen.worker())) {
            best.add(chosen.worker());
        }
        return new PlacementDecision(decision, policy.optionName(), chosen.reason(), Availability.named(workers.counts()),
                best.stream()
                        .map(worker -> new PlacementDecision.Candidate(worker.workerId(),
                                Math.abs(policy.rank(worker).first()),
                                worker.slots() - worker.running()))
                        .toList());
    }
}
