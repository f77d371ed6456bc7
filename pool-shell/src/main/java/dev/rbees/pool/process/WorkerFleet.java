package dev.rbees.pool.process;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.WorkerDetails;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.WorkerHealth;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.home.LockFile;
import dev.rbees.home.RbeesHome;
import dev.rbees.shell.process.ProcessLog;

/** The workers of this machine as they are now, and how they are stopped. */
public final class WorkerFleet {

    /** How long a process that does not answer yet counts as loading. */
    private static final Duration START_UP = Duration.ofMinutes(2);
    /** How long it may take from the record of a worker to its process. */
    private static final Duration BIRTH = Duration.ofSeconds(10);

    private final WorkerRecords records;
    private final WorkerProgram program;
    private final HealthProbe probe;
    private final Termination termination;
    private final InstantSource clock;

    public WorkerFleet(RbeesHome home, Map<String, String> environment, InstantSource clock) {
        this(new WorkerRecords(home.workers()), new WorkerProgram(environment), new HealthProbe(Duration.ofSeconds(2)),
                Termination.DEFAULT, clock);
    }

    WorkerFleet(WorkerRecords records, WorkerProgram program, HealthProbe probe, Termination termination,
            InstantSource clock) {
        this.records = records;
        this.program = program;
        this.probe = probe;
        this.termination = termination;
        this.clock = clock;
    }

    /** Every worker that was started here and not stopped since, asked in parallel how it is. */
    public List<WorkerProcess> list() {
        List<WorkerRecord> workers = records.all();
        List<Future<WorkerProcess>> views;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            views = workers.stream().map(worker -> threads.submit(() -> view(worker))).toList();
        }
        return views.stream().map(Future::resultNow).toList();
    }

    /**
     * Ends a worker: asks it to, and after a while makes it. A worker whose process is gone already is only forgotten.
     *
     * @param id its id, or the beginning of it
     * @throws RbeesException WORKER_NOT_FOUND when none of this id was started here
     */
    public void stop(String id) {
        WorkerRecord worker = records.require(id);
        termination.end(worker.mark());
        records.remove(worker.workerId());
    }

    /**
     * Ends a worker's process and keeps what is known of it, so that it can be started again.
     *
     * @param word its id, or the beginning of it
     * @throws RbeesException WORKER_NOT_FOUND when none of this id was started here
     */
    public void end(String word) {
        termination.end(records.require(word).mark());
    }

    /**
     * The id that a word means.
     *
     * @param word the id, or the beginning of it
     * @throws RbeesException WORKER_NOT_FOUND when no worker of this machine begins like this
     */
    public String id(String word) {
        return records.require(word).workerId();
    }

    /**
     * A worker as it is now, with all that is known of it.
     *
     * @param word its id, or the beginning of it
     * @throws RbeesException WORKER_NOT_FOUND when none of this id was started here
     */
    public WorkerDetails details(String word) {
        WorkerRecord worker = records.require(word);
        Optional<WorkerHealth> health = worker.mark().alive() ? probe.ask(worker) : Optional.empty();
        return new WorkerDetails(view(worker, health), worker.threads(),
                health.map(WorkerHealth::contextLength).orElse(null), health.map(WorkerHealth::memoryBytes).orElse(null),
                health.map(WorkerHealth::numericsFingerprint).orElse(null), health.map(WorkerHealth::error).orElse(null),
                health.map(WorkerHealth::warnings).orElse(List.of()),
                records.log(worker.workerId()).toString(), worker.arguments());
    }

    /**
     * What a worker has written, also one that was stopped.
     *
     * @param word its id, or the beginning of it
     * @throws RbeesException WORKER_NOT_FOUND when there is no log of such a worker
     */
    public ProcessLog log(String word) {
        return records.requireLog(word);
    }

    /** The ids of the workers that were started here and not stopped since, oldest first; nobody is asked how it is. */
    public List<String> ids() {
        return records.all().stream().map(WorkerRecord::workerId).toList();
    }

    /**
     * Held by whoever looks for a worker of a model and starts one where there is none; waits for its turn.
     *
     * @param onWait called once, before waiting
     */
    public LockFile lockRuns(String model, Runnable onWait) {
        return records.lockRuns(model, onWait);
    }

    /**
     * The program of this installation that is a worker.
     *
     * @throws RbeesException WORKER_START_FAILED when it is missing
     */
    public Path program() {
        return program.find();
    }

    private WorkerProcess view(WorkerRecord worker) {
        return view(worker, worker.mark().alive() ? probe.ask(worker) : Optional.empty());
    }

    private WorkerProcess view(WorkerRecord worker, Optional<WorkerHealth> health) {
        return view(worker, health.map(WorkerHealth::status).orElseGet(() -> silent(worker)), health);
    }

    /** What a worker is that says nothing. */
    private WorkerStatus silent(WorkerRecord worker) {
        boolean alive = worker.mark().alive();
        boolean young = clock.instant().isBefore(worker.startedAt().plus(alive ? START_UP : BIRTH));
        if (alive) {
            return young ? WorkerStatus.LOADING : WorkerStatus.FAILED;
        }
        return young && worker.pid() == 0 ? WorkerStatus.LOADING : WorkerStatus.EXITED;
    }

    static WorkerProcess view(WorkerRecord worker, WorkerStatus status, Optional<WorkerHealth> health) {
        return new WorkerProcess(worker.workerId(), worker.pid(), worker.port(), worker.endpoint(), worker.backend(),
                worker.model(), status, health.map(WorkerHealth::slotsTotal).orElse(0), worker.startedAt(),
                health.map(WorkerHealth::registration).orElse(null));
    }
}
