package dev.rbees.orchestrator.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.scheduling.WorkerLoad;

/** A worker that registered. Owned by the control thread. */
final class FleetWorker {

    private final WorkerRegistration registration;
    private final Instant registeredAt;
    private final Set<String> running = new HashSet<>();
    private Instant lastSeen;
    private Instant pausedUntil = Instant.MIN;
    private WorkerStatus status = WorkerStatus.READY;

    FleetWorker(WorkerRegistration registration, Instant now) {
        this.registration = registration;
        this.registeredAt = now;
        this.lastSeen = now;
    }

    WorkerRegistration registration() {
        return registration;
    }

    Instant lastSeen() {
        return lastSeen;
    }

    void seen(Instant now, WorkerStatus reported) {
        lastSeen = now;
        status = reported;
    }

    void failed() {
        status = WorkerStatus.FAILED;
    }

    void pauseUntil(Instant time) {
        pausedUntil = time;
    }

    /** Counts a time in which nothing could be heard as if the worker had spoken. */
    void forgive(Duration deaf) {
        lastSeen = lastSeen.plus(deaf);
    }

    Set<String> running() {
        return running;
    }

    boolean takesWork(Instant now) {
        return (status == WorkerStatus.READY || status == WorkerStatus.BUSY) && !now.isBefore(pausedUntil);
    }

    WorkerLoad load() {
        return new WorkerLoad(registration.workerId(), registration.slotsTotal(), running.size());
    }

    WorkerView view() {
        WorkerStatus shown = status == WorkerStatus.READY && !running.isEmpty() ? WorkerStatus.BUSY : status;
        return new WorkerView(registration.workerId(), registration.endpoint(), registration.backend(),
                registration.modelId(), registration.modelDigest(), shown, registration.slotsTotal(),
                Math.max(0, registration.slotsTotal() - running.size()), registration.contextLength(), registeredAt,
                lastSeen);
    }
}
