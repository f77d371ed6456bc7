package dev.rbees.orchestrator.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.placement.EvictionOrder;
import dev.rbees.orchestrator.placement.Keeping;
import dev.rbees.orchestrator.placement.PlacementSettings;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.testing.TestTasks;
import dev.rbees.orchestrator.worker.KnownModel;

/**
 * A day of an owner with 20 models and 5 machines, the same for each way to place models: how long tasks wait for their first token, how
 * often room is made, and what is refused. Arguments: a seed, and tasks in the day. Prints a table in Markdown.
 */
public final class PlacementTrace {

    private static final long GIGABYTE = 1_000_000_000L;
    private static final long DAY = Duration.ofDays(1).toMillis();
    private static final long END = DAY + Duration.ofHours(2).toMillis();
    private static final int MODELS = 20;
    private static final long[] MACHINES = {8 * GIGABYTE, 12 * GIGABYTE, 16 * GIGABYTE, 12 * GIGABYTE, 24 * GIGABYTE};
    private static final double NIGHT = 0.1;

    private final SplittableRandom random;
    private final VirtualTime time = new VirtualTime();
    private final SimulatedStore store;
    private final SimulatedOrchestrator orchestrator;
    private final SimulatedPools pools = new SimulatedPools();
    private final Map<String, SimulatedPool.Model> models = new TreeMap<>();

    private PlacementTrace(long seed, PlacementSettings settings) {
        this.random = new SplittableRandom(seed);
        this.store = new SimulatedStore(time, random.split());
        this.orchestrator = new SimulatedOrchestrator(time, store, random.split(),
                new SimulatedOrchestrator.Setup(200, FullQueue.REJECT, Policy.LEAST_LOADED, settings));
        for (int i = 0; i < MODELS; i++) {
            long bytes = random.nextLong(GIGABYTE / 2, 12 * GIGABYTE);
            // why: about a gigabyte in a second, from a disk
            SimulatedPool.Model model = new SimulatedPool.Model("m" + i, bytes, 500 + bytes / 1_000_000);
            models.put(model.id(), model);
            store.with(new KnownModel(model.id(), "a".repeat(64), 1_000));
        }
        for (int i = 0; i < MACHINES.length; i++) {
            Set<String> files = new HashSet<>();
            models.keySet().stream().filter(_ -> random.nextInt(3) > 0).forEach(files::add);
            pools.add(new SimulatedPool("p" + i, MACHINES[i], models, files, time, random.split(), orchestrator));
        }
        orchestrator.with(pools);
    }

    public static void main(String[] args) {
        long seed = args.length > 0 ? Long.parseLong(args[0]) : 1;
        int tasks = args.length > 1 ? Integer.parseInt(args[1]) : 6_000;
        ((Logger) LoggerFactory.getLogger("dev.rbees")).setLevel(Level.OFF);
        PlacementSettings usual = PlacementSettings.USUAL;
        Map<String, PlacementSettings> ways = new LinkedHashMap<>();
        ways.put("`lru` (the default)", usual);
        ways.put("`lfu`", usual.with(EvictionOrder.LFU));
        ways.put("`lru`, workers stay for ever", usual.with(Keeping.of(Duration.ofDays(10))));
        ways.put("`lru`, workers stay a minute", usual.with(Keeping.of(Duration.ofMinutes(1))));
        ways.put("`lru` without turns or pauses", new PlacementSettings(EvictionOrder.LRU, true, usual.keeping(),
                usual.startLimit(), Duration.ZERO, Duration.ZERO, usual.retryPause(), usual.longQueue(), usual.replicas()));
        ways.put("`manual`: who is there stays", usual.with(EvictionOrder.MANUAL).with(Keeping.of(Duration.ofDays(10))));
        ways.put("`manual`, workers stay 10 minutes", usual.with(EvictionOrder.MANUAL));
        System.out.println(
                "| way | first token p50, s | p95, s | p99, s | loads | room made | most in a minute | not answered |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        ways.forEach(
                (name, settings) -> System.out.println("| " + name + " | " + new PlacementTrace(seed, settings).run(tasks)));
    }

    private String run(int tasks) {
        orchestrator.start();
        for (int i = 0; i < tasks; i++) {
            int number = i;
            String model = "m" + popular();
            time.after(waking(), () -> submit(number, model));
        }
        while (time.step(END)) {
            orchestrator.step();
        }
        List<Double> waits = new ArrayList<>();
        store.rows().values().forEach(row -> {
            Instant begun = row.task.startedAt();
            if (begun != null && row.task.state() == TaskState.COMPLETED) {
                waits.add(Duration.between(row.task.createdAt(), begun).toMillis() / 1_000.0);
            }
        });
        waits.sort(null);
        long loads = pools.all().stream().mapToLong(SimulatedPool::loads).sum();
        int swaps = pools.all().stream().mapToInt(pool -> pool.swaps().size()).sum();
        return "%.1f | %.1f | %.1f | %d | %d | %d | %d |".formatted(at(waits, 0.5), at(waits, 0.95), at(waits, 0.99), loads,
                swaps,
                mostInAMinute(), tasks - waits.size());
    }

    private long mostInAMinute() {
        return pools.all().stream().mapToLong(pool -> pool.swaps().stream()
                .mapToLong(begin -> pool.swaps().stream()
                        .filter(swap -> swap.at() >= begin.at() && swap.at() < begin.at() + 60_000).count())
                .max().orElse(0)).max().orElse(0);
    }

    private static double at(List<Double> sorted, double part) {
        return sorted.isEmpty() ? Double.NaN
                : sorted.get((int) Math.min(sorted.size() - 1, Math.floor(part * sorted.size())));
    }

    /** Few models are asked for often, and many seldom. */
    private int popular() {
        double sum = 0;
        for (int i = 1; i <= MODELS; i++) {
            sum += 1.0 / i;
        }
        double drawn = random.nextDouble() * sum;
        for (int i = 1; i <= MODELS; i++) {
            drawn -= 1.0 / i;
            if (drawn <= 0) {
                return i - 1;
            }
        }
        return MODELS - 1;
    }

    /** People sleep: at night come a tenth as many as at noon. */
    private long waking() {
        while (true) {
            long at = random.nextLong(DAY);
            double light = NIGHT + (1 - NIGHT) * (1 - Math.cos(2 * Math.PI * at / DAY)) / 2;
            if (random.nextDouble() < light) {
                return at;
            }
        }
    }

    private void submit(int number, String model) {
        TaskSubmission plain = TestTasks.submission("p" + number,
                random.nextInt(5) == 0 ? Priority.BATCH : Priority.INTERACTIVE, null, null);
        SamplingParameters sampling = plain.sampling();
        TaskSubmission task = new TaskSubmission(model, plain.prompt(),
                new SamplingParameters(random.nextInt(20, 100), sampling.temperature(), sampling.truncation(),
                        sampling.penalties(), sampling.logitBias(), sampling.stop(), sampling.seed(), sampling.ignoreEos(),
                        sampling.logprobs(), sampling.format()),
                plain.priority(), null, null, OnDisconnect.KEEP);
        orchestrator
                .submit(new Intake.Submission(task, null, "c" + number, "t" + number, "digest" + number, null, null), null)
                .ifPresent(_ -> {
                });
    }
}
