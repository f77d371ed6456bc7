package dev.rbees.orchestrator.provisioning;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.ModelEntry;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolStatus;
import dev.rbees.api.pool.WorkerProcess;
import dev.rbees.orchestrator.pool.KnownPool;

/** A pool as we act on it, from when it joins, or is reached in another way, to when it leaves. Any thread. */
final class Machine {

    /** A start that failed may still come to something there for so long. */
    private static final Duration AFTERMATH = Duration.ofMinutes(10);

    private final KnownPool pool;
    private final PoolAccess access;
    private final Optional<Tunnel> tunnel;
    private final Set<String> starting = ConcurrentHashMap.newKeySet();
    private final Map<String, Instant> leftovers = new ConcurrentHashMap<>();
    private volatile @Nullable PoolStatus status;

    /** @param tunnel by which its workers are reached; empty where they are reached at their own addresses */
    Machine(KnownPool pool, PoolAccess access, Optional<Tunnel> tunnel) {
        this.pool = pool;
        this.access = access;
        this.tunnel = tunnel;
    }

    String id() {
        return pool.id();
    }

    PoolRegistration registration() {
        return pool.registration();
    }

    boolean isLocal() {
        return pool.origin() == KnownPool.Origin.LOCAL;
    }

    PoolAccess access() {
        return access;
    }

    Optional<Tunnel> tunnel() {
        return tunnel;
    }

    /** A worker is being started; until the pool shows it, we know its name only. */
    void starts(String workerId) {
        starting.add(workerId);
    }

    /** A start is over. */
    void started(String workerId) {
        starting.remove(workerId);
    }

    /** Whether a worker of that name listens there at that port, as far as we know. */
    boolean runs(String workerId, int port) {
        return starting.contains(workerId) || status().stream().flatMap(said -> said.workers().stream())
                .anyMatch(worker -> worker.workerId().equals(workerId) && worker.port() == port);
    }

    /** At which workers listen there, as it said last. */
    Set<Integer> workerPorts() {
        return status().stream().flatMap(said -> said.workers().stream()).map(WorkerProcess::port)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** It is used no longer. */
    void leave() {
        tunnel.ifPresent(Tunnel::close);
    }

    /** What it said last. */
    Optional<PoolStatus> status() {
        return Optional.ofNullable(status);
    }

    void seen(PoolStatus answer) {
        status = answer;
    }

    /** Whether its files are there; false when that is not known. */
    boolean hasModel(String id) {
        return status().stream().flatMap(said -> said.models().stream()).filter(model -> model.id().equals(id))
                .anyMatch(ModelEntry::downloaded);
    }

    /** A start failed; what comes of it nevertheless is to be stopped. */
    void abandon(String workerId, Instant now) {
        leftovers.put(workerId, now.plus(AFTERMATH));
    }

    /** Workers that it shows although their start has failed. */
    List<String> leftovers(Instant now) {
        leftovers.values().removeIf(end -> end.isBefore(now));
        return status().stream().flatMap(said -> said.workers().stream()).map(WorkerProcess::workerId)
                .filter(leftovers::containsKey).toList();
    }
}
