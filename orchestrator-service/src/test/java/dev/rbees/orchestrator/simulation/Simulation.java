package dev.rbees.orchestrator.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.task.Accepted;
import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.TaskState;
import dev.rbees.api.task.TaskSubmission;
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.testing.TestTasks;
import dev.rbees.orchestrator.worker.KnownModel;

/**
 * A minute of a whole system with clients, workers and faults, from one seed: the same seed is the same minute. After it all
 * faults are over, and everything that was accepted has to come to its end.
 */
final class Simulation {

    private static final long BUSY = 40_000;
    private static final long PATIENCE = 600_000;
    private static final String[] NUMERICS = {"x", "x", "y"};
    private static final Duration[] JUMPS = {Duration.ofHours(1), Duration.ofHours(-1), Duration.ofDays(1),
        Duration.ofDays(-1)};

    private final long seed;
    private final SplittableRandom random;
    private final VirtualTime time = new VirtualTime();
    private final SimulatedStore store;
    private final SimulatedOrchestrator orchestrator;
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final List<Reader> readers = new ArrayList<>();
    private final Map<String, Integer> wanted = new HashMap<>();
    private final Set<String> accepted = new HashSet<>();
    private final Map<String, Set<String>> byKey = new HashMap<>();
    private int faults;

    Simulation(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.store = new SimulatedStore(time, random.split()).with(new KnownModel("tiny", "a".repeat(64), 1_000));
        this.orchestrator = new SimulatedOrchestrator(time, store, random.split(),
                new SimulatedOrchestrator.Setup(random.nextInt(2, 30), pick(FullQueue.values()), pick(Policy.values())));
    }

    /**
     * What came out.
     *
     * @param broken promises, in words
     * @param history digest of everything that is in the record at the end
     * @param tasks how many there were
     * @param continued how many answers went on on another worker, or after a restart
     * @param inexact how many of these could not go on exactly
     * @param faults how many there were
     */
    record Result(List<String> broken, int history, int tasks, int continued, int inexact, int faults) {}

    private <T> T pick(T[] values) {
        return values[random.nextInt(values.length)];
    }

    Result run() {
        orchestrator.start();
        int count = random.nextInt(1, 5);
        for (int i = 0; i < count; i++) {
            SimulatedWorker worker = new SimulatedWorker("w" + i, random.nextInt(1, 4), pick(NUMERICS), time, random.split(),
                    orchestrator);
            workers.add(worker);
            orchestrator.add(worker);
            worker.start();
        }
        int tasks = random.nextInt(3, 25);
        for (int i = 0; i < tasks; i++) {
            int number = i;
            time.after(random.nextLong(BUSY), () -> submit(number));
        }
        faults = random.nextInt(0, 12);
        for (int i = 0; i < faults; i++) {
            time.after(random.nextLong(BUSY), this::fault);
        }
        while (time.step(PATIENCE) && !(time.millis() > 2 * BUSY && over())) {
            orchestrator.step();
        }
        return result();
    }

    private boolean over() {
        return orchestrator.alive() && readers.stream().allMatch(Reader::done)
                && store.rows().values().stream().allMatch(row -> row.task.state().terminal());
    }

    private void submit(int number) {
        Priority priority = pick(Priority.values());
        @Nullable
        String session = random.nextInt(3) == 0 ? null : "s" + random.nextInt(3);
        @Nullable
        Duration deadline = random.nextInt(6) == 0 ? Duration.ofMillis(random.nextInt(500, 40_000)) : null;
        OnDisconnect onDisconnect = random.nextInt(4) == 0 ? OnDisconnect.CANCEL : OnDisconnect.KEEP;
        @Nullable
        String tenant = random.nextInt(2) == 0 ? null : pick(SimulatedOrchestrator.TENANTS.toArray(String[]::new));
        TaskSubmission plain = TestTasks.submission("p" + number, priority, session, deadline);
        int tokens = random.nextInt(1, 80);
        TaskSubmission task = new TaskSubmission(plain.model(), plain.prompt(), tokens(plain.sampling(), tokens),
                plain.priority(), plain.sessionId(), plain.deadline(), onDisconnect);
        @Nullable
        String key = random.nextInt(4) == 0 ? "k" + number : null;
        Intake.Submission submission = new Intake.Submission(task, null, "c" + number, "t" + number, "digest" + number, key,
                null);
        send(submission, tenant, tokens);
        if (key != null) {
            time.after(random.nextLong(5_000), () -> send(submission, tenant, tokens));
        }
    }

    private static SamplingParameters tokens(SamplingParameters plain, int tokens) {
        return new SamplingParameters(tokens, plain.temperature(), plain.truncation(), plain.penalties(), plain.logitBias(),
                plain.stop(), plain.seed(), plain.ignoreEos(), plain.logprobs(), plain.format());
    }

    private void send(Intake.Submission submission, @Nullable String tenant, int tokens) {
        orchestrator.submit(submission, tenant).ifPresent(reply -> {
            var _ = reply.thenAccept(answer -> accepted(answer, submission, tokens));
        });
    }

    private void accepted(Accepted answer, Intake.Submission submission, int tokens) {
        String task = answer.jobId();
        String key = submission.idempotencyKey();
        if (key != null) {
            byKey.computeIfAbsent(key, _ -> new HashSet<>()).add(task);
        }
        if (accepted.add(task)) {
            wanted.put(task, tokens);
            for (int i = random.nextInt(1, 3); i > 0; i--) {
                Reader reader = new Reader(task);
                readers.add(reader);
                read(reader);
            }
            if (random.nextInt(8) == 0) {
                time.after(random.nextLong(4_000), () -> orchestrator.cancel(task));
            }
            if (submission.task().onDisconnect() == OnDisconnect.CANCEL) {
                orchestrator.open(task);
                if (random.nextInt(3) == 0) {
                    time.after(random.nextLong(4_000), () -> orchestrator.leave(task));
                }
            }
        }
    }

    private void read(Reader reader) {
        reader.read(orchestrator, random);
        if (!reader.done()) {
            time.after(random.nextInt(20, 1_500), () -> read(reader));
        }
    }

    private void fault() {
        SimulatedWorker worker = workers.get(random.nextInt(workers.size()));
        long lasts = random.nextLong(200, 35_000);
        switch (random.nextInt(14)) {
            case 0, 1 -> kill(worker, lasts);
            case 2 -> {
                worker.hang(true);
                time.after(lasts, () -> worker.hang(false));
            }
            case 3 -> {
                worker.cutOff(true);
                time.after(lasts, () -> worker.cutOff(false));
            }
            case 4 -> {
                if (orchestrator.alive()) {
                    orchestrator.die();
                    time.after(lasts / 5, this::startAgain);
                }
            }
            case 5 -> {
                worker.drain();
                time.after(lasts, () -> kill(worker, 1_000));
            }
            case 6 -> {
                orchestrator.freeze(true);
                time.after(lasts, () -> orchestrator.freeze(false));
            }
            case 7 -> {
                worker.busy(true);
                time.after(lasts, () -> worker.busy(false));
            }
            case 8 -> {
                worker.damage(true);
                time.after(lasts, () -> worker.damage(false));
            }
            case 9 -> time.jump(pick(JUMPS));
            case 10 -> {
                orchestrator.slow(true);
                time.after(lasts / 10, () -> orchestrator.slow(false));
            }
            case 11 -> {
                orchestrator.close();
                if (!orchestrator.alive()) {
                    time.after(lasts / 5, this::startAgain);
                }
            }
            case 12 -> store.loseAnswers();
            default -> {
                store.full(true);
                time.after(lasts / 3, () -> store.full(false));
            }
        }
    }

    private void startAgain() {
        if (!orchestrator.alive()) {
            orchestrator.start();
        }
    }

    private void kill(SimulatedWorker worker, long lasts) {
        if (worker.alive()) {
            worker.die();
            time.after(lasts, worker::start);
        }
    }

    private Result result() {
        List<String> broken = new ArrayList<>();
        accepted.stream().filter(task -> !store.rows().containsKey(task))
                .forEach(task -> broken.add("task " + task + " was accepted and is lost"));
        store.rows().forEach((id, row) -> Promises
                .broken(row.task, row.request, row.events, wanted.getOrDefault(id, -1)).stream()
                // why: a client that was not told does not say what it wanted
                .filter(what -> wanted.containsKey(id) || !what.startsWith("is complete with"))
                .forEach(what -> broken.add("task " + id + " " + what)));
        store.rows().forEach((id, row) -> {
            if (row.task.state() == TaskState.CANCELLED && !orchestrator.unwanted(id)) {
                broken.add("task " + id + " was cancelled, and nobody wanted its end");
            }
        });
        for (Reader reader : readers) {
            List<LoggedEvent> events = Optional.ofNullable(store.rows().get(reader.task())).map(row -> row.events)
                    .orElse(List.of());
            Promises.broken(reader, events).forEach(what -> broken.add("task " + reader.task() + " " + what));
        }
        byKey.forEach((key, ids) -> {
            if (ids.size() > 1) {
                broken.add("one key was given " + ids.size() + " tasks");
            }
        });
        broken.addAll(orchestrator.leftovers());
        List<String> numbered = broken.stream().map(what -> "seed " + seed + ": " + what).toList();
        int continued = (int) store.rows().values().stream().filter(row -> row.task.attempts().stream()
                .anyMatch(attempt -> attempt.firstToken() > 0)).count();
        int inexact = (int) store.rows().values().stream()
                .filter(row -> row.task.attempts().stream().anyMatch(attempt -> !attempt.exact())).count();
        int history = store.rows().values().stream().mapToInt(row -> row.task.hashCode() * 31 + row.events.hashCode()).sum();
        return new Result(numbered, history, store.rows().size(), continued, inexact, faults);
    }
}
