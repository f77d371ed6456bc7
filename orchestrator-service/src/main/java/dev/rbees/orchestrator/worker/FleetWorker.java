package dev.rbees.orchestrator.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.scheduling.Availability;
import dev.rbees.orchestrator.scheduling.WorkerLoad;

/** A worker that registered. Owned by the control thread. */
final class FleetWorker {

    private final WorkerRegistration registration;
    private final Instant registeredAt;
    private final Circuit circuit;
    private final Set<String> running = new HashSet<>();
    private Instant lastSeen;
    private Instant pausedUntil = Instant.MIN;
    private WorkerStatus status = WorkerStatus.READY;
    private long memoryFreeBytes;
    private long lastChosen;

    FleetWorker(WorkerRegistration registration, Circuit circuit, Instant now) {
        this.registration = registration;
        this.circuit = circuit;
        this.registeredAt = now;
        this.lastSeen = now;
    }

    WorkerRegistration registration() {
        return registration;
    }

    Instant lastSeen() {
        return lastSeen;
    }

    Circuit circuit() {
        return circuit;
    }

    void seen(Instant now, WorkerHeartbeat heartbeat) {
        lastSeen = now;
        status = heartbeat.status();
        memoryFreeBytes = heartbeat.memoryFreeBytes() == null ? 0 : heartbeat.memoryFreeBytes();
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

    void choose(String task, long decision) {
        running.add(task);
        lastChosen = decision;
        circuit.begin();
    }

    /** How it calculates with which model; null when it does not say. */
    @Nullable
    String numerics() {
        String fingerprint = registration.numericsFingerprint();
        return fingerprint == null ? null : registration.modelDigest() + "/" + fingerprint;
    }

    Availability availability(Instant now) {
        if (status != WorkerStatus.READY && status != WorkerStatus.BUSY) {
            return Availability.NOT_READY;
        }
        if (now.isBefore(pausedUntil)) {
            return Availability.PAUSED;
        }
        if (circuit.open()) {
            return Availability.CIRCUIT_OPEN;
        }
        return load().hasRoom() ? Availability.FREE : Availability.FULL;
    }

    /** why: while its circuit is being tried, one slot is all that a worker has. */
    WorkerLoad load() {
        return new WorkerLoad(registration.workerId(), circuit.trial() ? 1 : registration.slotsTotal(), running.size(),
                memoryFreeBytes, lastChosen, numerics());
    }

    WorkerView view() {
        WorkerStatus shown = status == WorkerStatus.READY && !running.isEmpty() ? WorkerStatus.BUSY : status;
        return new WorkerView(registration.workerId(), registration.endpoint(), registration.backend(),
                registration.modelId(), registration.modelDigest(), registration.capabilities(), shown,
                registration.slotsTotal(),
                Math.max(0, registration.slotsTotal() - running.size()), registration.contextLength(), registeredAt,
                lastSeen, circuit.state());
    }
}
