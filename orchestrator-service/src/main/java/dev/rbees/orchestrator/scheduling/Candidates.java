package dev.rbees.orchestrator.scheduling;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.rbees.orchestrator.persistent.RankedMap;

/**
 * The workers of one model at one moment, the best for the next task first. It never changes, so that a decision can be
 * thought through to its end, and each step costs the logarithm of the number of workers.
 */
public final class Candidates {

    private final Policy policy;
    private final RankedMap<String, WorkerLoad> free;
    private final RankedMap<Rank, WorkerLoad> ranked;
    private final RankedMap<Numerics, WorkerLoad> alike;
    private final Map<Availability, Integer> counts;

    /** Order among workers that calculate alike. */
    private record Numerics(String numerics, @Nullable Rank rank) implements Comparable<Numerics> {
        @Override
        public int compareTo(Numerics other) {
            int order = numerics.compareTo(other.numerics);
            if (order != 0 || rank == null || other.rank == null) {
                return order != 0 ? order : Boolean.compare(rank != null, other.rank != null);
            }
            return rank.compareTo(other.rank);
        }
    }

    private Candidates(Policy policy, RankedMap<String, WorkerLoad> free, RankedMap<Rank, WorkerLoad> ranked,
            RankedMap<Numerics, WorkerLoad> alike, Map<Availability, Integer> counts) {
        this.policy = policy;
        this.free = free;
        this.ranked = ranked;
        this.alike = alike;
        this.counts = counts;
    }

    public static Candidates none(Policy policy) {
        return new Candidates(policy, RankedMap.empty(), RankedMap.empty(), RankedMap.empty(), Map.of());
    }

    /** With a worker that was not there. */
    public Candidates with(WorkerLoad worker, Availability availability) {
        Candidates counted = counting(availability, 1);
        return availability == Availability.FREE ? counted.ranking(worker) : counted;
    }

    /** Without a worker that was added as this, with this availability. */
    public Candidates without(WorkerLoad worker, Availability availability) {
        Candidates counted = counting(availability, -1);
        return availability == Availability.FREE ? counted.unranking(worker) : counted;
    }

    private Candidates counting(Availability availability, int change) {
        Map<Availability, Integer> changed = new EnumMap<>(Availability.class);
        changed.putAll(counts);
        changed.merge(availability, change, Integer::sum);
        return new Candidates(policy, free, ranked, alike, changed);
    }

    private Candidates ranking(WorkerLoad worker) {
        Rank rank = policy.rank(worker);
        return new Candidates(policy, free.with(worker.workerId(), worker), ranked.with(rank, worker),
                worker.numerics() == null ? alike : alike.with(new Numerics(worker.numerics(), rank), worker), counts);
    }

    private Candidates unranking(WorkerLoad worker) {
        Rank rank = policy.rank(worker);
        return new Candidates(policy, free.without(worker.workerId()), ranked.without(rank),
                worker.numerics() == null ? alike : alike.without(new Numerics(worker.numerics(), rank)), counts);
    }

    /** The same after a worker of these was given a task. */
    Candidates after(WorkerLoad worker, long decision) {
        WorkerLoad busier = worker.chosen(decision);
        return without(worker, Availability.FREE).with(busier,
                busier.hasRoom() ? Availability.FREE : Availability.FULL);
    }

    /** Whether a task could be given to one of them now. */
    public boolean anyFree() {
        return !ranked.isEmpty();
    }

    /** Whether no worker has the model. */
    public boolean nobody() {
        return counts.values().stream().allMatch(count -> count == 0);
    }

    /** The best of those that have room for the task. */
    Optional<WorkerLoad> best(PlacementPreference wanted) {
        Optional<WorkerLoad> best = ranked.first().map(RankedMap.Entry::value);
        // why: workers of one model differ in their context seldom, so that the first one nearly always fits
        return best.isEmpty() || wanted.fits(best.get())
                ? best
                : bestOnes(ranked.size()).stream().filter(wanted::fits).findFirst();
    }

    Optional<WorkerLoad> named(String workerId) {
        return free.get(workerId);
    }

    /** The best of those that calculate like this. */
    Optional<WorkerLoad> bestLike(String numerics) {
        return alike.ceiling(new Numerics(numerics, null)).map(RankedMap.Entry::value)
                .filter(worker -> numerics.equals(worker.numerics()));
    }

    List<WorkerLoad> bestOnes(int max) {
        return ranked.firstOnes(max).stream().map(RankedMap.Entry::value).toList();
    }

    /** How many workers of the model there are by availability; those without any are left out. */
    public Map<Availability, Integer> counts() {
        Map<Availability, Integer> some = new EnumMap<>(Availability.class);
        counts.forEach((availability, count) -> {
            if (count > 0) {
                some.put(availability, count);
            }
        });
        return some;
    }
}
