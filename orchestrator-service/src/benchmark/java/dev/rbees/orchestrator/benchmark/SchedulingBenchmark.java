package dev.rbees.orchestrator.benchmark;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.SplittableRandom;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.task.Priority;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.queue.TaskQueue;
import dev.rbees.orchestrator.scheduling.PlacementPreference;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.scheduling.Scheduler;
import dev.rbees.orchestrator.scheduling.Scheduler.Assignment;
import dev.rbees.orchestrator.time.Moment;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.thread.Ownership;

/**
 * How many decisions a second the scheduler makes, with what belongs to one: a task comes, the decision, the task leaves the
 * queue, its worker is taken, another worker is given back. The queue and the share of busy slots stay as they are. Prints a
 * table in Markdown; exit code 1 when a goal is missed.
 */
public final class SchedulingBenchmark {

    private static final int SLOTS = 4;
    private static final int ROUNDS = 7;
    private static final int DECISIONS = 20_000;
    private static final double FLOOR = 20_000;
    private static final String MODEL = "m";

    private static final Moment NOW = new Moment(Instant.EPOCH, Instant.EPOCH);

    private final Ownership owner = new Ownership("the benchmark");
    private final TaskQueue<Long> queue = new TaskQueue<>(owner);
    private final Fleet fleet = new Fleet(Policy.LEAST_LOADED, owner);
    private final Scheduler scheduler = new Scheduler(Policy.LEAST_LOADED);
    private final Deque<Assignment<Long>> running = new ArrayDeque<>();
    private final SplittableRandom random = new SplittableRandom(1);
    private long tickets;
    private long decisions;

    private SchedulingBenchmark(int workers, int queued) {
        for (int i = 0; i < workers; i++) {
            fleet.register(
                    new WorkerRegistration("w" + i, "127.0.0.1", 8001, Backend.CPU, MODEL, "a".repeat(64), 1024, SLOTS,
                            SLOTS, "n" + i % 3),
                    false, NOW);
        }
        for (int i = 0; i < queued; i++) {
            enqueue();
        }
        // why: half of the slots are in use, so that there is always something to choose
        for (int i = 0; i < workers * SLOTS / 2; i++) {
            decide();
            enqueue();
        }
    }

    private void enqueue() {
        Priority priority = random.nextInt(4) == 0 ? Priority.BATCH : Priority.INTERACTIVE;
        long ticket = ++tickets;
        queue.add(MODEL, priority, "s" + random.nextInt(100), ticket, Instant.EPOCH, ticket);
    }

    private void decide() {
        Assignment<Long> made = scheduler.decide(new Scheduler.Snapshot<>(queue.line(MODEL), fleet.candidates(MODEL),
                _ -> PlacementPreference.NONE, _ -> Optional.empty(), decisions), 1).getFirst();
        decisions = made.choice().decision();
        queue.serve(made.task());
        fleet.occupy(made.workerId(), "t" + made.task(), decisions, NOW);
        running.addLast(made);
    }

    private void step() {
        enqueue();
        decide();
        Assignment<Long> ended = running.removeFirst();
        fleet.vacate(ended.workerId(), "t" + ended.task(), Fleet.Outcome.HELD, NOW);
    }

    private double perSecond() {
        long began = System.nanoTime();
        for (int i = 0; i < DECISIONS; i++) {
            step();
        }
        return DECISIONS / ((System.nanoTime() - began) / 1e9);
    }

    public static void main(String[] args) {
        ((Logger) LoggerFactory.getLogger("dev.rbees")).setLevel(Level.OFF);
        System.out.println("| workers | queued | decisions/s: median (least to greatest) |\n| --- | --- | --- |");
        boolean missed = false;
        for (int workers : new int[] {8, 200, 10_000}) {
            for (int queued : new int[] {1_000, 100_000}) {
                SchedulingBenchmark benchmark = new SchedulingBenchmark(workers, queued);
                benchmark.perSecond();
                double[] rates = new double[ROUNDS];
                Arrays.setAll(rates, _ -> benchmark.perSecond());
                Arrays.sort(rates);
                System.out.printf("| %d | %d | %.0f (%.0f to %.0f) |%n", workers, queued, rates[ROUNDS / 2], rates[0],
                        rates[ROUNDS - 1]);
                missed |= rates[ROUNDS / 2] < FLOOR;
            }
        }
        System.out.println(missed ? "goal MISSED: at least 20000 in each row" : "goal met: at least 20000 in each row");
        System.exit(missed ? 1 : 0);
    }
}
