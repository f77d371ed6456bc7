package dev.rbees.orchestrator.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.placement.EvictionOrder;
import dev.rbees.orchestrator.placement.PlacementSettings;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.testing.TestTasks;
import dev.rbees.orchestrator.worker.KnownModel;

/**
 * Three minutes of an orchestrator with machines of little memory, more models than fit, and faults, from one seed. After that all faults
 * are over, and every task has to come to its end.
 */
final class PlacementSimulation {

    private static final long GIGABYTE = 1_000_000_000L;
    private static final long BUSY = 180_000;
    private static final long PATIENCE = 7_200_000;
    /**
     * Times in a minute, on one pool: one each {@link PlacementSettings#swapPause}, of which five are decided in a minute, and one of
     * before whose worker had to end its tasks first.
     */
    private static final int MOST_SWAPS = 6;

    private final long seed;
    private final SplittableRandom random;
    private final VirtualTime time = new VirtualTime();
    private final SimulatedStore store;
    private final SimulatedOrchestrator orchestrator;
    private final SimulatedPools pools = new SimulatedPools();
    private final Map<String, SimulatedPool.Model> models = new TreeMap<>();
    private final Map<String, Integer> wanted = new HashMap<>();
    private final Set<String> accepted = new HashSet<>();
    private int faults;
    private int restarts;

    PlacementSimulation(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.store = new SimulatedStore(time, random.split());
        PlacementSettings usual = PlacementSettings.USUAL.with(random.nextBoolean() ? EvictionOrder.LRU : EvictionOrder.LFU);
        this.orchestrator = new SimulatedOrchestrator(time, store, random.split(),
                new SimulatedOrchestrator.Setup(200, FullQueue.REJECT, Policy.LEAST_LOADED, usual));
        int count = random.nextInt(2, 9);
        for (int i = 0; i < count; i++) {
            SimulatedPool.Model model = new SimulatedPool.Model("m" + i, random.nextLong(GIGABYTE / 2, 6 * GIGABYTE),
                    random.nextLong(200, 12_000));
            models.put(model.id(), model);
            store.with(new KnownModel(model.id(), "a".repeat(64), 1_000));
        }
        int machines = random.nextInt(1, 5);
        for (int i = 0; i < machines; i++) {
            pools.add(pool("p" + i, i == 0 ? 9 * GIGABYTE : random.nextLong(4 * GIGABYTE, 24 * GIGABYTE)));
        }
        orchestrator.with(pools);
    }

    private SimulatedPool pool(String id, long bytes) {
        Set<String> files = new HashSet<>();
        models.keySet().stream().filter(_ -> random.nextInt(3) > 0).forEach(files::add);
        return new SimulatedPool(id, bytes, models, files, time, random.split(), orchestrator);
    }

    /**
     * What came out.
     *
     * @param broken promises, in words
     * @param loads how many workers were started
     * @param swaps how often room was made
     */
    record Result(List<String> broken, int tasks, long loads, int swaps, int faults) {}

    Result run() {
        orchestrator.start();
        int tasks = random.nextInt(5, 60);
        for (int i = 0; i < tasks; i++) {
            int number = i;
            time.after(random.nextLong(BUSY), () -> submit(number));
        }
        faults = random.nextInt(0, 8);
        for (int i = 0; i < faults; i++) {
            time.after(random.nextLong(BUSY), this::fault);
        }
        while (time.step(PATIENCE) && !(time.millis() > BUSY + BUSY / 4 && over())) {
            orchestrator.step();
        }
        return result();
    }

    private boolean over() {
        return orchestrator.alive() && store.rows().values().stream().allMatch(row -> row.task.state().terminal());
    }

    /** Some models are asked for more often. */
    private int favourite() {
        int one = random.nextInt(models.size());
        return random.nextBoolean() ? one : random.nextInt(one + 1);
    }

    private void submit(int number) {
        TaskSubmission plain = TestTasks.submission("p" + number,
                random.nextInt(3) == 0 ? Priority.BATCH : Priority.INTERACTIVE, null, null);
        int tokens = random.nextInt(1, 60);
        SamplingParameters sampling = plain.sampling();
        String model = "m" + favourite();
        TaskSubmission task = new TaskSubmission(model, plain.prompt(),
                new SamplingParameters(tokens, sampling.temperature(), sampling.truncation(), sampling.penalties(),
                        sampling.logitBias(), sampling.stop(), sampling.seed(), sampling.ignoreEos(), sampling.logprobs(),
                        sampling.format()),
                plain.priority(), null, null, OnDisconnect.KEEP);
        orchestrator
                .submit(new Intake.Submission(task, null, "c" + number, "t" + number, "digest" + number, null, null), null)
                .ifPresent(reply -> {
                    var _ = reply.thenAccept(answer -> {
                        accepted.add(answer.jobId());
                        wanted.put(answer.jobId(), tokens);
                    });
                });
    }

    private void fault() {
        List<SimulatedPool> all = pools.all();
        SimulatedPool pool = all.get(random.nextInt(all.size()));
        long lasts = random.nextLong(1_000, 90_000);
        switch (random.nextInt(7)) {
            case 0, 1 -> {
                pool.cutOff(true);
                time.after(lasts, () -> pool.cutOff(false));
            }
            case 2 -> {
                pool.lie(true);
                time.after(lasts, () -> pool.lie(false));
            }
            case 3 -> {
                pool.crash(true);
                time.after(lasts, () -> pool.crash(false));
            }
            case 4 -> pool.die();
            case 5 -> {
                if (orchestrator.alive()) {
                    orchestrator.die();
                    restarts++;
                    time.after(lasts / 10, () -> {
                        if (!orchestrator.alive()) {
                            orchestrator.start();
                        }
                    });
                }
            }
            default -> {
                orchestrator.slow(true);
                time.after(lasts / 10, () -> orchestrator.slow(false));
            }
        }
    }

    private Result result() {
        List<String> broken = new ArrayList<>(pools.faults());
        accepted.stream().filter(task -> !store.rows().containsKey(task))
                .forEach(task -> broken.add("task " + task + " was accepted and is lost"));
        store.rows().forEach((id, row) -> Promises
                .broken(row.task, row.request, row.events, wanted.getOrDefault(id, -1)).stream()
                .filter(what -> wanted.containsKey(id) || !what.startsWith("is complete with"))
                .forEach(what -> broken.add("task " + id + " of " + row.task.model() + " " + what)));
        store.rows().forEach((id, row) -> starved(row).forEach(what -> broken.add("task " + id + " " + what)));
        pools.all().forEach(pool -> swaps(pool).forEach(broken::add));
        broken.addAll(orchestrator.leftovers());
        return new Result(broken.stream().map(what -> "seed " + seed + ": " + what).toList(), store.rows().size(),
                pools.all().stream().mapToLong(SimulatedPool::loads).sum(),
                pools.all().stream().mapToInt(pool -> pool.swaps().size()).sum(), faults);
    }

    /** Whoever can be served is, long before the limit of the queue. */
    private static List<String> starved(SimulatedStore.Row row) {
        return row.task.error() != null && row.task.error().code() == ErrorCode.TIMEOUT
                ? List.of("of " + row.task.model() + " waited for an hour")
                : List.of();
    }

    /** why: an orchestrator that was started anew does not know when room was made last. */
    private List<String> swaps(SimulatedPool pool) {
        List<Long> swaps = pool.swaps().stream().map(SimulatedPool.Swap::at).toList();
        return swaps.stream()
                .map(begin -> swaps.stream().filter(at -> at >= begin && at < begin + Duration.ofMinutes(1).toMillis())
                        .count())
                .filter(minute -> minute > MOST_SWAPS + restarts).limit(1)
                .map(minute -> "room was made " + minute + " times in a minute on " + pool.id()).toList();
    }
}
