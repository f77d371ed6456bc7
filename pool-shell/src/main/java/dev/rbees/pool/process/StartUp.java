package dev.rbees.pool.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.RegistrationView;
import dev.rbees.api.worker.WorkerHealth;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.shell.process.ProcessLog;

/**
 * The time between a worker's start and its readiness.
 *
 * @param records where its log is
 * @param probe asks it
 * @param termination ends it when it does not become ready
 * @param whole how long loading may take at most
 * @param stall how long it may show no progress
 */
record StartUp(WorkerRecords records, HealthProbe probe, Termination termination, Duration whole, Duration stall) {

    /** The detail of a failure that holds the last lines of the worker's log. */
    static final String LOG_TAIL = "log_tail";

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int TAIL_LINES = 20;
    private static final String ERROR = "error: ";
    private static final Duration REGISTRATION = Duration.ofSeconds(3);

    static StartUp patient(WorkerRecords records) {
        return new StartUp(records, new HealthProbe(Duration.ofSeconds(2)),
                new Termination(Duration.ofSeconds(5), Duration.ofSeconds(5)), Duration.ofMinutes(10),
                Duration.ofMinutes(2));
    }

    /**
     * What the worker says when it is {@code READY} or {@code BUSY} and has asked the orchestrator for the first time, or waited a
     * while for that.
     *
     * @throws RbeesException WORKER_START_FAILED when it does not become ready; its process is then ended
     */
    WorkerHealth awaitReady(WorkerRecord worker, SpawnProgress progress) {
        progress.at(worker.workerId(), "starting", 0);
        WorkerHealth ready = awaitLoaded(worker, progress);
        for (long begin = System.nanoTime(); isPending(ready) && !isOver(begin, REGISTRATION);) {
            pause();
            ready = probe.ask(worker).orElse(ready);
        }
        return ready;
    }

    private static boolean isPending(WorkerHealth health) {
        return health.registration() != null && health.registration().state() == RegistrationView.State.PENDING;
    }

    private WorkerHealth awaitLoaded(WorkerRecord worker, SpawnProgress progress) {
        long begin = System.nanoTime();
        long lastStep = begin;
        String step = "";
        while (true) {
            if (!worker.mark().alive()) {
                throw failed(worker, "its process ended");
            }
            Optional<WorkerHealth> health = probe.ask(worker);
            WorkerStatus status = health.map(WorkerHealth::status).orElse(WorkerStatus.LOADING);
            switch (status) {
                case READY, BUSY -> {
                    return health.orElseThrow();
                }
                case FAILED, DRAINING, EXITED ->
                    throw failed(worker, health.map(WorkerHealth::error).orElse("it says that it is " + status.wireName()));
                case LOADING -> {
                    String now = health.map(StartUp::step).orElse("");
                    if (!now.equals(step)) {
                        step = now;
                        lastStep = System.nanoTime();
                    }
                    health.ifPresent(loading -> tell(worker, loading, progress));
                }
            }
            if (isOver(begin, whole) || isOver(lastStep, stall)) {
                throw failed(worker, isOver(begin, whole)
                        ? "it was not ready after " + whole.toSeconds() + " s"
                        : "it made no progress for " + stall.toSeconds() + " s");
            }
            pause();
        }
    }

    private static String step(WorkerHealth health) {
        return health.loadPhase() + " " + health.loadPercent();
    }

    private static void tell(WorkerRecord worker, WorkerHealth health, SpawnProgress progress) {
        progress.at(worker.workerId(), Objects.requireNonNullElse(health.loadPhase(), "loading"),
                Objects.requireNonNullElse(health.loadPercent(), 0));
    }

    private static boolean isOver(long since, Duration limit) {
        return System.nanoTime() - since > limit.toNanos();
    }

    private RbeesException failed(WorkerRecord worker, String why) {
        termination.end(worker.mark());
        List<String> tail = new ArrayList<>();
        new ProcessLog(records.log(worker.workerId()), () -> false).show(Optional.of(TAIL_LINES), false, tail::add);
        Optional<String> said = tail.reversed().stream().filter(line -> line.startsWith(ERROR)).findFirst()
                .map(line -> line.substring(ERROR.length()));
        return new RbeesException(ErrorCode.WORKER_START_FAILED, worker.workerId() + " did not become ready: "
                + said.orElse(why) + "; its log is " + records.log(worker.workerId()),
                // why: a worker that says why needs no further words
                said.isPresent() ? Map.of() : Map.of(LOG_TAIL, tail));
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RbeesException(ErrorCode.CANCELLED, "waiting for the worker was interrupted", e);
        }
    }
}
