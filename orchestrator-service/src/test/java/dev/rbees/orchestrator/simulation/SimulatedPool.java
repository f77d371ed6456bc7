package dev.rbees.orchestrator.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.core.Effect;

/**
 * A machine with memory and files that starts workers, which takes its time; it may be cut off, lie about its memory, and its workers may
 * crash while they load.
 */
final class SimulatedPool {

    private static final long PROBE = 15_000;
    private static final long PROBE_LIMIT = 10_000;

    /** A worker process: loading until it has a worker. */
    private static final class Running {
        final Effect.StartWorker order;
        @Nullable
        SimulatedWorker worker;

        Running(Effect.StartWorker order) {
            this.order = order;
        }

        WorkerStatus status() {
            return worker == null ? WorkerStatus.LOADING : worker.works() ? WorkerStatus.BUSY : WorkerStatus.READY;
        }
    }

    /**
     * A model as all pools know it.
     *
     * @param bytes that a worker of it takes
     * @param loadMillis to load it
     */
    record Model(String id, long bytes, long loadMillis) {}

    /** Room was made for a model, whose tasks waited; one worker had to go for it, or several. */
    record Swap(long at, String model) {}

    private final String id;
    private final long bytes;
    private final Map<String, Model> models;
    private final Set<String> files;
    private final VirtualTime time;
    private final RandomGenerator random;
    private final SimulatedOrchestrator orchestrator;
    private final Map<String, Running> running = new TreeMap<>();
    private final List<String> faults = new ArrayList<>();
    private final List<Swap> swaps = new ArrayList<>();
    private boolean cutOff;
    private boolean lies;
    private boolean crashes;
    private int probes;
    private long loads;

    SimulatedPool(String id, long bytes, Map<String, Model> models, Set<String> files, VirtualTime time,
            RandomGenerator random,
            SimulatedOrchestrator orchestrator) {
        this.id = id;
        this.bytes = bytes;
        this.models = models;
        this.files = new HashSet<>(files);
        this.time = time;
        this.random = random;
        this.orchestrator = orchestrator;
        time.after(random.nextLong(PROBE), () -> probeAgain());
    }

    String id() {
        return id;
    }

    PoolRegistration registration() {
        return new PoolRegistration(id, id, null, null, null, Map.of(), true, false, List.of(), null);
    }

    List<String> faults() {
        return faults;
    }

    /** When room was made for which models. */
    List<Swap> swaps() {
        return swaps;
    }

    /** How many workers have loaded. */
    long loads() {
        return loads;
    }

    /** No packet goes either way. */
    void cutOff(boolean now) {
        cutOff = now;
        workers().forEach(worker -> worker.cutOff(now));
    }

    /** It says that all of its memory is free. */
    void lie(boolean now) {
        lies = now;
    }

    /** Its workers crash while they load. */
    void crash(boolean now) {
        crashes = now;
    }

    /** The machine is switched off, and on again. */
    void die() {
        workers().forEach(SimulatedWorker::die);
        running.clear();
    }

    List<SimulatedWorker> workers() {
        List<SimulatedWorker> workers = new ArrayList<>();
        running.values().forEach(process -> {
            if (process.worker != null) {
                workers.add(process.worker);
            }
        });
        return workers;
    }

    // ---- what it is asked

    private void probeAgain() {
        probe();
        time.after(PROBE, this::probeAgain);
    }

    void probe() {
        int life = orchestrator.life();
        int number = ++probes;
        if (cutOff) {
            answer(life, PROBE_LIMIT, new Command.PoolUnseen(id, "no answer", false));
            return;
        }
        PoolStatus status = status();
        long takes = random.nextLong(5, 400);
        time.after(takes, () -> {
            // why: an answer that was under way when a later one was asked for is not given
            if (number == probes || random.nextBoolean()) {
                answer(life, 0, cutOff ? new Command.PoolUnseen(id, "lost", false) : new Command.PoolSeen(id, status));
            }
        });
    }

    private void answer(int life, long after, Command.FromPool news) {
        time.after(after, () -> {
            if (orchestrator.life() == life) {
                orchestrator.hear(news);
            }
        });
    }

    /** The models that it knows. */
    List<ModelEntry> entries() {
        return models.values().stream().map(model -> new ModelEntry(model.id(), model.id(),
                files.contains(model.id()), "gguf", null, null, model.bytes(), null, null, null, null, 1_000, model.bytes(),
                null)).toList();
    }

    private PoolStatus status() {
        long free = lies ? bytes : bytes - used();
        List<WorkerProcess> processes = running.values().stream().map(process -> new WorkerProcess(process.order.workerId(),
                1, 8001, "", Backend.CPU, process.order.model(), process.status(), 1, time.instant(), null)).toList();
        return new PoolStatus(1, id, new PoolStatus.Memory(bytes, free), new PoolStatus.Disk("", 1, 1), List.of(), entries(),
                processes);
    }

    private Model require(String name) {
        return Objects.requireNonNull(models.get(name), "only models that are known are started");
    }

    private long used() {
        return running.values().stream().mapToLong(process -> require(process.order.model()).bytes()).sum();
    }

    void start(Effect.StartWorker order) {
        int life = orchestrator.life();
        Model model = require(order.model());
        long download = files.contains(model.id()) ? 0 : random.nextLong(1_000, 30_000);
        if (download > 0) {
            if (!order.download()) {
                faults.add(model.id() + " is started at " + id + ", which has no files of it");
            }
            answer(life, download / 2, new Command.StartProgress(order.start(), "download", 50));
        }
        time.after(download + random.nextLong(5, 50), () -> load(order, model, life));
    }

    private void load(Effect.StartWorker order, Model model, int life) {
        if (orchestrator.life() != life) {
            return; // the command ended with the link that it was given on
        }
        if (cutOff) {
            answer(life, order.limit().toMillis(), failed(order, ErrorCode.POOL_UNAVAILABLE));
            return;
        }
        files.add(model.id());
        if (used() + model.bytes() > bytes || order.memoryBytes() < model.bytes()) {
            if (!lies) {
                faults.add("seed: " + order.workerId() + " is started at " + id + " with " + order.memoryBytes()
                        + " bytes, where "
                        + used() + " of " + bytes + " are in use and it needs " + model.bytes());
            }
            answer(life, 100, failed(order, ErrorCode.INSUFFICIENT_VRAM));
            return;
        }
        Running process = new Running(order);
        running.put(order.workerId(), process);
        long takes = model.loadMillis() + random.nextLong(1_000);
        if (crashes) {
            time.after(takes / 2, () -> running.remove(order.workerId()));
            answer(life, takes / 2 + 20, failed(order, ErrorCode.WORKER_START_FAILED));
            return;
        }
        answer(life, takes / 2, new Command.StartProgress(order.start(), "load", 50));
        time.after(takes, () -> ready(process, life));
    }

    private static Command.FromPool failed(Effect.StartWorker order, ErrorCode code) {
        return new Command.StartFailed(order.start(), code, "it could not be started");
    }

    private void ready(Running process, int life) {
        String name = process.order.workerId();
        if (running.get(name) != process) {
            answer(life, 10, failed(process.order, ErrorCode.WORKER_START_FAILED));
            return;
        }
        loads++;
        SimulatedWorker worker = new SimulatedWorker(name, process.order.model(), 1 + random.nextInt(3), "x", time, random,
                orchestrator);
        process.worker = worker;
        orchestrator.add(worker);
        worker.cutOff(cutOff);
        worker.start();
        answer(life, random.nextLong(1, 200), cutOff
                ? failed(process.order, ErrorCode.POOL_UNAVAILABLE)
                : new Command.StartDone(process.order.start()));
    }

    void stop(Effect.StopWorker order) {
        int life = orchestrator.life();
        String workerId = order.workerId();
        if (!order.room().isEmpty()) {
            Swap last = swaps.isEmpty() ? null : swaps.getLast();
            if (last == null || !last.model().equals(order.room())) {
                swaps.add(new Swap(time.millis(), order.room()));
            }
        }
        if (cutOff) {
            answer(life, PROBE_LIMIT, new Command.StopDone(id, workerId, false));
            return;
        }
        Running process = running.get(workerId);
        if (process != null && process.worker != null) {
            if (process.worker.works()) {
                faults.add(workerId + " is stopped while it has a task");
            }
            process.worker.leave();
        }
        running.remove(workerId);
        answer(life, random.nextLong(10, 300), new Command.StopDone(id, workerId, true));
    }
}
