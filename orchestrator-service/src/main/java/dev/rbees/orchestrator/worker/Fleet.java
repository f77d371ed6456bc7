package dev.rbees.orchestrator.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.worker.Capabilities;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.persistent.RankedMap;
import dev.rbees.orchestrator.scheduling.Availability;
import dev.rbees.orchestrator.scheduling.Candidates;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.scheduling.WorkerLoad;
import dev.rbees.orchestrator.time.Moment;
import dev.rbees.thread.Ownership;

/**
 * The workers that are there, and which task is on which. Belongs to the control thread; {@link #views} and {@link #size} are for
 * everybody. All times are those of a clock that never jumps.
 */
public final class Fleet {

    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    /** A worker speaks every 5 s; one that has said nothing for this long is gone. */
    public static final Duration SILENCE = Duration.ofSeconds(15);

    /** A worker, and as what it stands among the candidates. */
    private record Member(FleetWorker worker, WorkerLoad load, Availability availability) {}

    private final Ownership owner;
    private final Policy policy;
    private final Map<String, Member> workers = new TreeMap<>();
    private final Map<String, Candidates> byModel = new HashMap<>();
    private volatile RankedMap<String, WorkerView> views = RankedMap.empty();

    /** @param owner of the fleet: who else changes it is a fault of ours */
    public Fleet(Policy policy, Ownership owner) {
        this.policy = policy;
        this.owner = owner;
    }

    /**
     * Takes a worker in; one of the same id is replaced, with all that ran on it, unless it is the same process at the same place: that
     * one only could not be heard for a while.
     *
     * @param again whether it is the process that has the id already
     * @return the tasks that were on the one it replaces
     */
    public Set<String> register(WorkerRegistration registration, boolean again, Moment now) {
        String id = registration.workerId();
        Member before = workers.get(id);
        if (again && before != null && before.worker().registration().endpoint().equals(registration.endpoint())) {
            change(id, now, worker -> worker.seen(now,
                    new WorkerHeartbeat(WorkerStatus.READY, registration.slotsFree(), null)));
            return Set.of();
        }
        Circuit circuit = before == null ? new Circuit(id, now.steady()) : before.worker().circuit();
        Set<String> lost = take(id);
        lost.forEach(_ -> circuit.broke(now.steady()));
        place(new FleetWorker(registration, circuit, now), now);
        LOG.info("worker {} serves {} with {} slots", id, registration.modelId(),
                registration.slotsTotal());
        return lost;
    }

    /** Notes a sign of life; false when the worker is not known and has to register. */
    public boolean heartbeat(String id, WorkerHeartbeat heartbeat, Moment now) {
        return change(id, now, worker -> worker.seen(now, heartbeat));
    }

    /** Lets a worker go; the tasks that were on it. */
    public Set<String> remove(String id) {
        if (workers.containsKey(id)) {
            LOG.info("worker {} has left", id);
        }
        return take(id);
    }

    /** Workers that have said nothing for too long. */
    public List<String> silent(Moment now) {
        owner.check();
        return workers.values().stream().map(Member::worker)
                .filter(worker -> worker.lastSeen().plus(SILENCE).isBefore(now.steady()))
                .map(worker -> worker.registration().workerId()).toList();
    }

    /** This program could hear nobody for a while, which is not the workers' fault. */
    public void forgive(Duration deaf) {
        owner.check();
        workers.values().forEach(member -> member.worker().forgive(deaf));
    }

    /** Looks again at those who could not be given anything, because time has passed. */
    public void refresh(Moment now) {
        owner.check();
        List<String> waiting = new ArrayList<>();
        workers.forEach((id, member) -> {
            if (member.availability() == Availability.PAUSED || member.availability() == Availability.CIRCUIT_OPEN) {
                waiting.add(id);
            }
        });
        waiting.forEach(id -> change(id, now, _ -> {
        }));
    }

    /** The workers that have the model. */
    public Candidates candidates(String model) {
        return byModel.getOrDefault(model, Candidates.none(policy));
    }

    /** A task goes to a worker by the decision of this number. */
    public void occupy(String id, String task, long decision, Moment now) {
        change(id, now, worker -> worker.choose(task, decision, now.steady()));
    }

    /** How an attempt was for the worker. */
    public enum Outcome {
        /** It did what it was asked. */
        HELD,
        /** It was lost. */
        BROKE,
        /** Nothing can be said of it. */
        SILENT
    }

    /** A task is on that worker no longer. */
    public void vacate(String id, String task, Outcome outcome, Moment now) {
        change(id, now, worker -> {
            if (worker.running().remove(task)) {
                switch (outcome) {
                    case HELD -> worker.held(now.steady());
                    case BROKE -> worker.circuit().broke(now.steady());
                    case SILENT -> worker.circuit().silent(now.steady());
                }
            }
        });
    }

    /** A worker would not take a task: it gets no work for a while, each time a longer one. */
    public void refused(String id, Moment now) {
        change(id, now, worker -> worker.refused(now.steady()));
    }

    /** A worker took a task, so that what it refused before is over. */
    public void took(String id, Moment now) {
        change(id, now, FleetWorker::took);
    }

    /** A worker gets no more tasks, because it is to be stopped; false when it is not there. */
    public boolean retire(String id, Moment now) {
        return change(id, now, FleetWorker::retire);
    }

    /** Whether a worker is there and has tasks. */
    public boolean isBusy(String id) {
        Member member = workers.get(id);
        return member != null && !member.worker().running().isEmpty();
    }

    /** Slots of all workers of a model. */
    public int slots(String model) {
        return workers.values().stream().map(member -> member.worker().registration())
                .filter(worker -> worker.modelId().equals(model)).mapToInt(WorkerRegistration::slotsTotal).sum();
    }

    /** The models that workers have. */
    public Set<String> models() {
        return workers.values().stream().map(member -> member.worker().registration().modelId())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Positions of a slot of the worker of a model that has most; 0 when no worker has the model. */
    public int longestContext(String model) {
        return workers.values().stream().map(member -> member.worker().registration())
                .filter(worker -> worker.modelId().equals(model)).mapToInt(WorkerRegistration::contextLength).max()
                .orElse(0);
    }

    /** Gives a worker that was lost with a task no work until it speaks again; not one that was started anew since. */
    public void suspect(String id, String task, Moment now) {
        change(id, now, worker -> {
            if (worker.running().contains(task)) {
                worker.failed();
            }
        });
    }

    public Optional<WorkerRegistration> find(String id) {
        return Optional.ofNullable(workers.get(id)).map(member -> member.worker().registration());
    }

    /** How a worker calculates: workers with equal answers make the same tokens, bit for bit; empty when it does not say. */
    public Optional<String> numerics(String id) {
        return Optional.ofNullable(workers.get(id)).map(member -> member.worker().numerics());
    }

    /** As of the last change; safe to read from any thread. */
    public List<WorkerView> views() {
        List<WorkerView> all = new ArrayList<>();
        views.forEach(all::add);
        return all;
    }

    /** How many there are; from any thread. */
    public int size() {
        return views.size();
    }

    @FunctionalInterface
    private interface Change {
        void apply(FleetWorker worker);
    }

    private boolean change(String id, Moment now, Change change) {
        owner.check();
        Member member = workers.get(id);
        if (member == null) {
            return false;
        }
        change.apply(member.worker());
        unplace(member);
        place(member.worker(), now);
        return true;
    }

    private Set<String> take(String id) {
        owner.check();
        Member member = workers.remove(id);
        if (member == null) {
            return Set.of();
        }
        unplace(member);
        views = views.without(id);
        return Set.copyOf(member.worker().running());
    }

    private void place(FleetWorker worker, Moment now) {
        WorkerRegistration registration = worker.registration();
        Member member = new Member(worker, worker.load(), worker.availability(now.steady()));
        workers.put(registration.workerId(), member);
        if (generates(member)) {
            byModel.put(registration.modelId(),
                    candidates(registration.modelId()).with(member.load(), member.availability()));
        }
        views = views.with(registration.workerId(), worker.view());
    }

    /** why: one that makes embeddings never gets a task. */
    private static boolean generates(Member member) {
        return member.worker().registration().capabilities().contains(Capabilities.TEXT_GENERATION);
    }

    private void unplace(Member member) {
        if (!generates(member)) {
            return;
        }
        String model = member.worker().registration().modelId();
        Candidates rest = candidates(model).without(member.load(), member.availability());
        if (rest.nobody()) {
            byModel.remove(model);
        } else {
            byModel.put(model, rest);
        }
    }
}
