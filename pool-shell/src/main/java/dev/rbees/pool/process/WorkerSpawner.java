package dev.rbees.pool.process;

import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
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
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.process.ProcessMark;

/** Starts workers. A worker counts as started when it is ready for work, not when its process exists. */
public final class WorkerSpawner {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int SUFFIX = 6;
    private static final int TRIES = 3;

    private final WorkerRecords records;
    private final WorkerProgram program;
    private final StartUp startUp;
    private final Preflight preflight;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final int cores;

    public WorkerSpawner(RbeesHome home, Map<String, String> environment, Preflight preflight, InstantSource clock,
            RandomGenerator random) {
        this(new WorkerRecords(home.workers()), new WorkerProgram(environment),
                StartUp.patient(new WorkerRecords(home.workers())), preflight, clock, random,
                Runtime.getRuntime().availableProcessors());
    }

    WorkerSpawner(WorkerRecords records, WorkerProgram program, StartUp startUp, Preflight preflight, InstantSource clock,
            RandomGenerator random, int cores) {
        this.records = records;
        this.program = program;
        this.startUp = startUp;
        this.preflight = preflight;
        this.clock = clock;
        this.random = random;
        this.cores = cores;
    }

    /**
     * Starts a worker and waits until it is ready. When somebody else took the port that was chosen, another one is chosen.
     *
     * @param model whose files lie complete on this machine
     * @param smaller models that may be named in place of one that is too large
     * @param progress hears how far it is
     * @throws RbeesException WORKER_START_FAILED when it does not become ready; it is then gone, and its log stays. CONFLICT when
     *         the port or the id that was asked for is taken. What the machine lacks, before anything is started
     */
    public WorkerProcess spawn(SpawnRequest wanted, ModelEntry model, List<ModelEntry> smaller, SpawnProgress progress) {
        preflight.check(wanted, model, smaller);
        for (int left = TRIES - 1;; left--) {
            WorkerRecord worker = launch(wanted, model);
            try {
                return ready(worker, progress);
            } catch (RbeesException e) {
                if (e.code() == ErrorCode.WORKER_START_FAILED) {
                    records.remove(worker.workerId());
                }
                if (left == 0 || wanted.port().isPresent() || Ports.isFree(worker.port())) {
                    throw e;
                }
            }
        }
    }

    /**
     * Starts a worker anew whose process has ended, as it was started before, and waits until it is ready.
     *
     * @param id of a worker that was started here
     * @throws RbeesException WORKER_START_FAILED when it does not become ready; what is known of it stays. CONFLICT when it runs, its
     *         port is taken, or it is not known how it was started
     */
    public WorkerProcess startAgain(String id, SpawnProgress progress) {
        WorkerRecord worker;
        try (LockFile _ = records.lock()) {
            WorkerRecord ended = records.require(id);
            if (ended.mark().alive()) {
                throw new RbeesException(ErrorCode.CONFLICT, id + " runs already");
            }
            if (ended.arguments().isEmpty()) {
                throw new RbeesException(ErrorCode.CONFLICT,
                        id + " was started by an older version, which did not write down how;"
                                + " run: rbees-pool worker spawn " + ended.backend().wireName() + " --model "
                                + ended.model());
            }
            Ports.requireFree(ended.port(), running());
            worker = begin(ended.begun(now()));
        }
        return ready(worker, progress);
    }

    /**
     * Waits until a worker that runs is ready.
     *
     * @throws RbeesException WORKER_NOT_FOUND when it was stopped meanwhile, WORKER_START_FAILED when it does not become ready; its
     *         process is then ended
     */
    public WorkerProcess awaitReady(String id, SpawnProgress progress) {
        return ready(records.require(id), progress);
    }

    WorkerRecord launch(SpawnRequest wanted, ModelEntry model) {
        try (LockFile _ = records.lock()) {
            records.forgetOld();
            List<WorkerRecord> others = running();
            String id = wanted.workerId().map(this::requireNew).orElseGet(() -> newId(wanted.backend()));
            int port = wanted.port().map(given -> Ports.requireFree(given, others)).orElseGet(() -> Ports.firstFree(others));
            int threads = wanted.threads().orElseGet(() -> freeCores(others));
            WorkerRecord worker = new WorkerRecord(id, 0, "", wanted.backend(), wanted.model(), port, threads, now(),
                    arguments(wanted, model, id, port, threads));
            try {
                return begin(worker);
            } catch (RbeesException e) {
                records.remove(id);
                throw e;
            }
        }
    }

    /** why: written down first, so that the worker is known also when this program ends right after it has started it. */
    private WorkerRecord begin(WorkerRecord worker) {
        records.write(worker);
        Process process = program.start(worker.arguments(), records.log(worker.workerId()));
        WorkerRecord begun = worker.in(ProcessMark.of(process.pid()).orElse(new ProcessMark(process.pid(), "")));
        records.write(begun);
        return begun;
    }

    private WorkerProcess ready(WorkerRecord worker, SpawnProgress progress) {
        WorkerHealth health = startUp.awaitReady(worker, progress);
        return WorkerFleet.view(worker, health.status(), Optional.of(health));
    }

    /** why: as exact as it is written down. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private List<WorkerRecord> running() {
        return records.all().stream().filter(worker -> worker.mark().alive()).toList();
    }

    /** The last lines of the log of a worker that did not become ready. */
    public static List<String> logTail(RbeesException failure) {
        return failure.details().get(StartUp.LOG_TAIL) instanceof List<?> lines
                ? lines.stream().map(Object::toString).toList()
                : List.of();
    }

    private String requireNew(String id) {
        if (records.all().stream().anyMatch(worker -> worker.workerId().equals(id))) {
            throw new RbeesException(ErrorCode.CONFLICT, "there is a worker " + id + " on this machine; choose another id");
        }
        return id;
    }

    private String newId(Backend backend) {
        String id;
        do {
            id = "worker-" + backend.wireName() + "-" + random.ints(SUFFIX, 0, ALPHABET.length())
                    .mapToObj(i -> ALPHABET.substring(i, i + 1)).collect(Collectors.joining());
        } while (Files.exists(records.log(id)));
        return id;
    }

    private int freeCores(List<WorkerRecord> others) {
        int taken = others.stream().mapToInt(WorkerRecord::threads).sum();
        return Math.max(1, cores - taken);
    }

    private static List<String> arguments(SpawnRequest wanted, ModelEntry model, String id, int port, int threads) {
        List<String> arguments = new ArrayList<>(
                List.of(WorkerProgram.WORKER_ID, id, "--model", String.valueOf(model.path()),
                        "--model-id", model.id(), "--backend", wanted.backend().wireName(), "--port", String.valueOf(port),
                        "--threads", String.valueOf(threads)));
        // why: a graph that runs as it is has a digest of its own form
        Optional<String> digest = Optional.ofNullable(model.sha256()).filter(_ -> !model.format().equals("onnx"));
        add(arguments, "--model-digest", digest);
        add(arguments, "--gpu-device", wanted.gpuDevice());
        add(arguments, "--memory", wanted.memoryBytes());
        add(arguments, "--slots", wanted.slots());
        add(arguments, "--context-length", wanted.contextLength());
        add(arguments, "--weights", wanted.weights().kind());
        add(arguments, "--quantize", wanted.weights().quantize());
        if (wanted.weights().compact()) {
            arguments.add("--compact");
        }
        // why: an empty list, so that the worker does not take that of the environment
        arguments.addAll(List.of("--orchestrator-url", wanted.orchestratorUrl().orElse("")));
        add(arguments, "--token-file", wanted.tokenFile());
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
