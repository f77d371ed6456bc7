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
import dev.rbees.orchestrator.time.Moment;

/** A worker that registered. Owned by the control thread. */
final class FleetWorker {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** why: its next heartbeat says more, and they come every 5 s. */
    private static final Duration UNTIL_NEXT_HEARTBEAT = Duration.ofSeconds(6);

    private final WorkerRegistration registration;
    private final Instant registeredAt;
    private final Circuit circuit;
    private final Set<String> running = new HashSet<>();
    /** By the clock that never jumps, and by the time of day. */
    private Instant lastSeen;
    private Instant lastSeenAt;
    private Instant pausedUntil = Instant.MIN;
    private WorkerStatus status = WorkerStatus.READY;
    private long memoryFreeBytes;
    private long lastChosen;
    private int refusals;
    private boolean retiring;

    FleetWorker(WorkerRegistration registration, Circuit circuit, Moment now) {
        this.registration = registration;
        this.circuit = circuit;
        this.registeredAt = now.wall();
        this.lastSeen = now.steady();
        this.lastSeenAt = now.wall();
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

    void seen(Moment now, WorkerHeartbeat heartbeat) {
        lastSeen = now.steady();
        lastSeenAt = now.wall();
        status = heartbeat.status();
        memoryFreeBytes = heartbeat.memoryFreeBytes() == null ? 0 : heartbeat.memoryFreeBytes();
        if (refusals > 0 && heartbeat.slotsFree() == 0) {
            pauseUntil(now.steady().plus(UNTIL_NEXT_HEARTBEAT)); // why: somebody else has its slots
        }
    }

    /** It would not take a task. */
    void refused(Instant now) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(refusals, 10));
        refusals++;
        pauseUntil(now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause));
    }

    /** It took a task. */
    void took() {
        refusals = 0;
    }

    /** It did what it was asked, so that a slot is free again. */
    void held(Instant now) {
        circuit.held(now);
        refusals = 0;
        pausedUntil = Instant.MIN;
    }

    void failed() {
        status = WorkerStatus.FAILED;
    }

    private void pauseUntil(Instant time) {
        pausedUntil = time.isAfter(pausedUntil) ? time : pausedUntil;
    }

    /** Counts a time in which nothing could be heard as if the worker had spoken. */
    void forgive(Duration deaf) {
        lastSeen = lastSeen.plus(deaf);
    }

    Set<String> running() {
        return running;
    }

    void choose(String task, long decision, Instant now) {
        running.add(task);
        lastChosen = decision;
        circuit.begin(now);
    }

    /** How it calculates with which model; null when it does not say. */
    @Nullable
    String numerics() {
        String fingerprint = registration.numericsFingerprint();
        return fingerprint == null ? null : registration.modelDigest() + "/" + fingerprint;
    }

    /** It gets no more tasks, because it is to be stopped. */
    void retire() {
        retiring = true;
    }

    Availability availability(Instant now) {
        if (retiring || (status != WorkerStatus.READY && status != WorkerStatus.BUSY)) {
            return Availability.NOT_READY;
        }
        if (now.isBefore(pausedUntil)) {
            return Availability.PAUSED;
        }
        if (circuit.open(now)) {
            return Availability.CIRCUIT_OPEN;
        }
        return load().hasRoom() ? Availability.FREE : Availability.FULL;
    }

    /** why: while its circuit is being tried, one slot is all that a worker has. */
    WorkerLoad load() {
        return new WorkerLoad(registration.workerId(), circuit.trial() ? 1 : registration.slotsTotal(), running.size(),
                memoryFreeBytes, lastChosen, numerics(), registration.contextLength());
    }

    WorkerView view() {
        WorkerStatus shown = retiring ? WorkerStatus.DRAINING
                : status == WorkerStatus.READY && !running.isEmpty() ? WorkerStatus.BUSY : status;
        return new WorkerView(registration.workerId(), registration.endpoint(), registration.backend(),
                registration.modelId(), registration.modelDigest(), registration.capabilities(), shown,
                registration.slotsTotal(),
                Math.max(0, registration.slotsTotal() - running.size()), registration.contextLength(), registeredAt,
                lastSeenAt, circuit.state());
    }
}
