package dev.rbees.orchestrator.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.scheduling.WorkerLoad;

/** The workers that are there, and which task is on which. Owned by the control thread; {@link #views} is for everybody. */
public final class Fleet {

    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    /** A worker speaks every 5 s; one that has said nothing for this long is gone. */
    public static final Duration SILENCE = Duration.ofSeconds(15);

    private final Map<String, FleetWorker> workers = new TreeMap<>();
    private volatile List<WorkerView> views = List.of();

    /**
     * Takes a worker in; one of the same id is replaced.
     *
     * @return the tasks that were on the one it replaces
     */
    public Set<String> register(WorkerRegistration registration, Instant now) {
        FleetWorker before = workers.put(registration.workerId(), new FleetWorker(registration, now));
        LOG.info("worker {} serves {} with {} slots", registration.workerId(), registration.modelId(),
                registration.slotsTotal());
        publish();
        return before == null ? Set.of() : Set.copyOf(before.running());
    }

    /** Notes a sign of life; false when the worker is not known and has to register. */
    public boolean heartbeat(String id, WorkerHeartbeat heartbeat, Instant now) {
        FleetWorker worker = workers.get(id);
        if (worker == null) {
            return false;
        }
        worker.seen(now, heartbeat.status());
        publish();
        return true;
    }

    /** Lets a worker go; the tasks that were on it. */
    public Set<String> remove(String id) {
        FleetWorker worker = workers.remove(id);
        if (worker == null) {
            return Set.of();
        }
        LOG.info("worker {} has left", id);
        publish();
        return Set.copyOf(worker.running());
    }

    /** Workers that have said nothing for too long. */
    public List<String> silent(Instant now) {
        return workers.values().stream().filter(worker -> worker.lastSeen().plus(SILENCE).isBefore(now))
                .map(worker -> worker.registration().workerId()).toList();
    }

    /** This program could hear nobody for a while, which is not the workers' fault. */
    public void forgive(Duration deaf) {
        workers.values().forEach(worker -> worker.forgive(deaf));
    }

    /** The load of the workers that have the model and take work now. */
    public List<WorkerLoad> candidates(String model, Instant now) {
        return workers.values().stream()
                .filter(worker -> worker.registration().modelId().equals(model) && worker.takesWork(now))
                .map(FleetWorker::load).toList();
    }

    public void occupy(String id, String task) {
        Optional.ofNullable(workers.get(id)).ifPresent(worker -> worker.running().add(task));
        publish();
    }

    public void vacate(String id, String task) {
        Optional.ofNullable(workers.get(id)).ifPresent(worker -> worker.running().remove(task));
        publish();
    }

    /** Gives a worker no work for a while. */
    public void pause(String id, Instant until) {
        Optional.ofNullable(workers.get(id)).ifPresent(worker -> worker.pauseUntil(until));
    }

    /** Gives a worker no work until it speaks again. */
    public void suspect(String id) {
        Optional.ofNullable(workers.get(id)).ifPresent(FleetWorker::failed);
        publish();
    }

    public Optional<WorkerRegistration> find(String id) {
        return Optional.ofNullable(workers.get(id)).map(FleetWorker::registration);
    }

    /** As of the last change; safe to read from any thread. */
    public List<WorkerView> views() {
        return views;
    }

    private void publish() {
        List<WorkerView> all = new ArrayList<>();
        workers.values().forEach(worker -> all.add(worker.view()));
        views = List.copyOf(all);
    }
}
