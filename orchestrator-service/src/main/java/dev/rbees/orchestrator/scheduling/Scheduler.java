package dev.rbees.orchestrator.scheduling;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import dev.rbees.orchestrator.queue.Line;

/** Decides who runs what: a pure function of what it is shown, without a clock, without input or output. */
public final class Scheduler {

    private static final int SHOWN = 3;

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
     * @param wishes what a task would like
     * @param lastOfAffinity who had the last task of the same affinity
     * @param decisions how many decisions there were before
     */
    public record Snapshot<T>(Line<T> line, Candidates workers, Function<T, Wish> wishes,
            Function<String, Optional<String>> lastOfAffinity, long decisions) {}

    /** A task goes to a worker. */
    public record Assignment<T>(T task, String workerId, Choice choice) {}

    /** Which of the waiting tasks go to which worker now, in their order; at most {@code max}. */
    public <T> List<Assignment<T>> decide(Snapshot<T> now, int max) {
        List<Assignment<T>> made = new ArrayList<>();
        Line<T> line = now.line();
        Candidates workers = now.workers();
        long decision = now.decisions();
        while (made.size() < max && !line.isEmpty() && !workers.isEmpty()) {
            T task = line.first().orElseThrow();
            Wish wish = now.wishes().apply(task);
            Chosen chosen = choose(wish, workers, now.lastOfAffinity());
            decision++;
            made.add(new Assignment<>(task, chosen.worker().workerId(), choice(decision, chosen, workers)));
            line = line.rest();
            workers = workers.after(chosen.worker(), decision);
        }
        return made;
    }

    private record Chosen(WorkerLoad worker, String reason) {}

    private Chosen choose(Wish wish, Candidates workers, Function<String, Optional<String>> lastOfAffinity) {
        Optional<Chosen> same = Optional.ofNullable(wish.numerics()).flatMap(workers::bestLike)
                .map(worker -> new Chosen(worker, "same_numerics"));
        Optional<Chosen> near = Optional.ofNullable(wish.affinity()).flatMap(lastOfAffinity).flatMap(workers::named)
                .map(worker -> new Chosen(worker, "affinity"));
        return same.or(() -> near).orElseGet(() -> new Chosen(workers.best().orElseThrow(), "policy"));
    }

    private Choice choice(long decision, Chosen chosen, Candidates workers) {
        List<WorkerLoad> best = new ArrayList<>(workers.bestOnes(SHOWN));
        if (!best.contains(chosen.worker())) {
            best.add(chosen.worker());
        }
        return new Choice(decision, policy.optionName(), chosen.reason(), Availability.named(workers.counts()),
                best.stream().map(worker -> new Choice.Candidate(worker.workerId(), Math.abs(policy.rank(worker).first()),
                        worker.slots() - worker.running())).toList());
    }
}
