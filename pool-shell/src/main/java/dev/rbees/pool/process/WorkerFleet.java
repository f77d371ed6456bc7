package dev.rbees.pool.process;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.error.Suggestion;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.api.worker.WorkerHealth;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.home.RbeesHome;

/** The workers of this machine as they are now, and how they are stopped. */
public final class WorkerFleet {

    /** How long a process that does not answer yet counts as loading. */
    private static final Duration START_UP = Duration.ofMinutes(2);

    private final WorkerRecords records;
    private final HealthProbe probe;
    private final Termination termination;
    private final InstantSource clock;

    public WorkerFleet(RbeesHome home, InstantSource clock) {
        this(new WorkerRecords(home.workers()), new HealthProbe(Duration.ofSeconds(2)), Termination.DEFAULT, clock);
    }

    WorkerFleet(WorkerRecords records, HealthProbe probe, Termination termination, InstantSource clock) {
        this.records = records;
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
     * @throws RbeesException WORKER_NOT_FOUND when none of this id was started here
     */
    public void stop(String id) {
        WorkerRecord worker = records.find(id).orElseThrow(() -> new RbeesException(ErrorCode.WORKER_NOT_FOUND,
                "no worker '" + id + "' on this machine" + Suggestion.sentence(id, ids())
                        + "; 'rbees-pool worker list' shows them"));
        termination.end(worker.mark());
        records.remove(id);
    }

    private List<String> ids() {
        return records.all().stream().map(WorkerRecord::workerId).toList();
    }

    private WorkerProcess view(WorkerRecord worker) {
        boolean alive = worker.mark().alive();
        Optional<WorkerHealth> health = alive ? probe.ask(worker) : Optional.empty();
        WorkerStatus status = alive
                ? health.map(WorkerHealth::status).orElseGet(() -> silent(worker))
                : WorkerStatus.EXITED;
        return view(worker, status, health.map(WorkerHealth::slotsTotal).orElse(0));
    }

    private WorkerStatus silent(WorkerRecord worker) {
        Instant now = clock.instant();
        return now.isBefore(worker.startedAt().plus(START_UP)) ? WorkerStatus.LOADING : WorkerStatus.FAILED;
    }

    static WorkerProcess view(WorkerRecord worker, WorkerStatus status, int slots) {
        return new WorkerProcess(worker.workerId(), worker.pid(), worker.port(), worker.endpoint(), worker.backend(),
                worker.model(), status, slots, worker.startedAt());
    }
}
