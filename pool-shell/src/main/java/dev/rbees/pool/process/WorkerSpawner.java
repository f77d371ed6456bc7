package dev.rbees.pool.process;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.Backend;
import dev.rbees.api.worker.WorkerHealth;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;

/** Starts workers. A worker counts as started when it is ready for work, not when its process exists. */
public final class WorkerSpawner {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int SUFFIX = 6;

    private final WorkerRecords records;
    private final WorkerProgram program;
    private final StartUp startUp;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final int cores;

    public WorkerSpawner(RbeesHome home, Map<String, String> environment, InstantSource clock, RandomGenerator random) {
        this(new WorkerRecords(home.workers()), new WorkerProgram(environment),
                StartUp.patient(new WorkerRecords(home.workers())), clock, random,
                Runtime.getRuntime().availableProcessors());
    }

    WorkerSpawner(WorkerRecords records, WorkerProgram program, StartUp startUp, InstantSource clock,
            RandomGenerator random, int cores) {
        this.records = records;
        this.program = program;
        this.startUp = startUp;
        this.clock = clock;
        this.random = random;
        this.cores = cores;
    }

    /**
     * Starts the process and writes it down; it is not ready yet.
     *
     * @param model whose file lies complete on this machine
     * @throws RbeesException WORKER_START_FAILED when the program is missing, CONFLICT when the port is taken
     */
    public WorkerProcess launch(SpawnRequest wanted, ModelEntry model) {
        try (LockFile _ = records.lock()) {
            List<WorkerRecord> others = records.all();
            String id = newId(wanted.backend(), others);
            int port = wanted.port().map(given -> Ports.requireFree(given, others)).orElseGet(() -> Ports.firstFree(others));
            int threads = wanted.threads().orElseGet(() -> freeCores(others));
            Process process = program.start(arguments(wanted, model, id, port, threads), records.log(id));
            String start = ProcessMark.of(process.pid()).map(ProcessMark::start).orElse("");
            WorkerRecord worker = new WorkerRecord(id, process.pid(), start, wanted.backend(), wanted.model(), port,
                    threads, clock.instant());
            records.write(worker);
            return WorkerFleet.view(worker, WorkerStatus.LOADING, 0);
        }
    }

    /**
     * Waits until a launched worker is ready.
     *
     * @param progress hears how far loading is
     * @throws RbeesException WORKER_START_FAILED when it does not become ready; it is then gone, and its log stays
     */
    public WorkerProcess awaitReady(String id, StartUp.Progress progress) {
        WorkerRecord worker = records.find(id).orElseThrow(() -> new RbeesException(ErrorCode.WORKER_NOT_FOUND,
                "worker " + id + " was stopped while it was loading"));
        WorkerHealth health = startUp.awaitReady(worker, progress);
        return WorkerFleet.view(worker, health.status(), health.slotsTotal());
    }

    /** The last lines of the log of a worker that did not become ready. */
    public static List<String> logTail(RbeesException failure) {
        return failure.details().get(StartUp.LOG_TAIL) instanceof List<?> lines
                ? lines.stream().map(Object::toString).toList()
                : List.of();
    }

    private String newId(Backend backend, List<WorkerRecord> others) {
        String id;
        do {
            id = "worker-" + backend.wireName() + "-" + random.ints(SUFFIX, 0, ALPHABET.length())
                    .mapToObj(i -> ALPHABET.substring(i, i + 1)).collect(Collectors.joining());
        } while (taken(id, others));
        return id;
    }

    private static boolean taken(String id, List<WorkerRecord> others) {
        return others.stream().anyMatch(other -> other.workerId().equals(id));
    }

    private int freeCores(List<WorkerRecord> others) {
        int taken = others.stream().filter(other -> other.mark().alive()).mapToInt(WorkerRecord::threads).sum();
        return Math.max(1, cores - taken);
    }

    private static List<String> arguments(SpawnRequest wanted, ModelEntry model, String id, int port, int threads) {
        List<String> arguments = new ArrayList<>(List.of("--worker-id", id, "--model", String.valueOf(model.path()),
                "--model-id", model.id(), "--backend", wanted.backend().wireName(), "--port", String.valueOf(port),
                "--threads", String.valueOf(threads)));
        // why: a graph that runs as it is has a digest of its own form
        Optional<String> digest = Optional.ofNullable(model.sha256()).filter(_ -> !model.format().equals("onnx"));
        add(arguments, "--model-digest", digest);
        add(arguments, "--gpu-device", wanted.gpuDevice());
        add(arguments, "--slots", wanted.slots());
        add(arguments, "--context-length", wanted.contextLength());
        add(arguments, "--quantize", wanted.quantize());
        if (wanted.compact()) {
            arguments.add("--compact");
        }
        add(arguments, "--orchestrator-url", wanted.orchestratorUrl());
        if (wanted.everywhere()) {
            arguments.addAll(List.of("--bind", "0.0.0.0"));
        }
        add(arguments, "--advertise-host", wanted.advertiseHost());
        return arguments;
    }

    private static void add(List<String> arguments, String option, Optional<?> value) {
        value.ifPresent(given -> arguments.addAll(List.of(option, given.toString())));
    }
}
