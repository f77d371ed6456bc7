package dev.rbees.pool.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.WorkerHealth;
import dev.rbees.api.worker.WorkerStatus;

/**
 * The time between a worker's start and its readiness.
 *
 * @param records where its log and record are
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
    private static final int TAIL_BYTES = 16 * 1024;

    static StartUp patient(WorkerRecords records) {
        return new StartUp(records, new HealthProbe(Duration.ofSeconds(2)),
                new Termination(Duration.ofSeconds(5), Duration.ofSeconds(5)), Duration.ofMinutes(10),
                Duration.ofMinutes(2));
    }

    /** Hears how far loading is. */
    public interface Progress {
        /**
         * @param phase what loading is busy with
         * @param percent of the phase, 0 to 100
         */
        void at(String phase, int percent);
    }

    /** What the worker says when it is {@code READY} or {@code BUSY}; otherwise ends it and throws. */
    WorkerHealth awaitReady(WorkerRecord worker, Progress progress) {
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
                    health.ifPresent(loading -> tell(loading, progress));
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

    private static void tell(WorkerHealth health, Progress progress) {
        progress.at(Objects.requireNonNullElse(health.loadPhase(), "loading"),
                Objects.requireNonNullElse(health.loadPercent(), 0));
    }

    private static boolean isOver(long since, Duration limit) {
        return System.nanoTime() - since > limit.toNanos();
    }

    private RbeesException failed(WorkerRecord worker, String why) {
        termination.end(worker.mark());
        records.remove(worker.workerId());
        Path log = records.log(worker.workerId());
        return new RbeesException(ErrorCode.WORKER_START_FAILED,
                worker.workerId() + " did not become ready: " + why + "; its log is " + log, Map.of(LOG_TAIL, tail(log)));
    }

    private static List<String> tail(Path log) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - TAIL_BYTES));
            byte[] bytes = new byte[(int) Math.min(TAIL_BYTES, file.length())];
            file.readFully(bytes);
            List<String> lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        } catch (IOException _) {
            return List.of("(the log cannot be read)");
        }
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
