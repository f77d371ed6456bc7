package dev.rbees.orchestrator.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.admission.Admission;
import dev.rbees.orchestrator.admission.Gate;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.control.Accepted;
import dev.rbees.orchestrator.control.ControlTools;
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.control.SteppedLoop;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.control.Timeouts;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.observability.TaskMeters;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.queue.QueueRoom;
import dev.rbees.orchestrator.queue.Rates;
import dev.rbees.orchestrator.quota.Quotas;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.session.Sessions;
import dev.rbees.orchestrator.tenant.Tenants;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModels;
import dev.rbees.service.Caller;

/** The real admission, control and event logs, over a simulated store, clock and network; it can die and start again. */
final class SimulatedOrchestrator {

    /** why: registering meters costs more than a whole run. */
    private static final MeterRegistry METERS = new SimpleMeterRegistry();
    private static final Catalog CATALOG = Catalog.builtIn();
    private static final long TICK = 250;

    /** What is lost with the process. */
    private record Life(SteppedLoop loop, Intake intake, TaskDirectory directory, QueueRoom room, Fleet fleet) {}

    /**
     * How it is set up.
     *
     * @param capacity of the queue
     * @param fullQueue what happens when it is full
     * @param policy by what workers are chosen
     */
    record Setup(int capacity, FullQueue fullQueue, Policy policy) {}

    private final VirtualTime time;
    private final SimulatedStore store;
    private final RandomGenerator random;
    private final Setup setup;
    private final Map<String, SimulatedWorker> workers = new HashMap<>();
    private @Nullable Life living;
    private boolean frozen;
    private int lives;

    SimulatedOrchestrator(VirtualTime time, SimulatedStore store, RandomGenerator random, Setup setup) {
        this.time = time;
        this.store = store;
        this.random = random;
        this.setup = setup;
    }

    void add(SimulatedWorker worker) {
        workers.put(worker.id(), worker);
    }

    void start() {
        TaskDirectory directory = new TaskDirectory(store);
        Fleet fleet = new Fleet(setup.policy(), time::instant);
        QueueRoom room = new QueueRoom(setup.capacity());
        ControlTools tools = new ControlTools(store,
                (order, listener) -> Optional.ofNullable(workers.get(order.workerId())).orElseThrow().execute(order,
                        listener),
                fleet, new KnownModels(CATALOG, store, time::instant),
                new Quotas(new Tenants(store, time::instant, random), new Sessions(store, time::instant)), room,
                setup.fullQueue(),
                setup.policy(), Timeouts.USUAL,
                new Rates(time::nanos), new TaskMeters(METERS), AuditLog.NONE, directory, time::instant, random);
        SteppedLoop loop = new SteppedLoop(tools);
        Admission admission = new Admission(new Gate(), store, tools.models(), fleet,
                (_, _) -> CompletableFuture.failedFuture(new IllegalStateException("nobody asks")), room, tools.rates(),
                loop.loop());
        Intake intake = new Intake(admission, loop.loop(), tools);
        store.unfinished(intake::takeUp);
        living = new Life(loop, intake, directory, room, fleet);
        int begun = ++lives;
        time.after(TICK, () -> tick(begun));
    }

    private void tick(int begun) {
        if (lives == begun && living != null) {
            if (!frozen) {
                living.loop().tick();
            }
            time.after(TICK, () -> tick(begun));
        }
    }

    /** kill -9: what it had not committed is gone, and its connections break. */
    void die() {
        lives++;
        living = null;
        frozen = false;
        store.die();
        workers.values().forEach(SimulatedWorker::disconnect);
    }

    boolean alive() {
        return living != null;
    }

    /** SIGSTOP and SIGCONT. */
    void freeze(boolean now) {
        frozen = now;
    }

    /** Does what has come in the meantime. */
    void step() {
        if (living != null && !frozen) {
            living.loop().step();
        }
    }

    /** Empty when there is nobody to take it. */
    Optional<CompletableFuture<Accepted>> submit(Intake.Submission submission) {
        return living == null || frozen ? Optional.empty() : Optional.of(living.intake().submit(submission));
    }

    void cancel(String task) {
        if (living != null && !frozen) {
            var _ = living.loop().loop().cancel(task);
        }
    }

    /** What a reader is shown who has seen the events up to this one; nothing while it cannot ask. */
    List<LoggedEvent> read(String task, long after, int max) {
        if (living == null || frozen) {
            return List.of();
        }
        try {
            return living.directory().log(task, Caller.OPERATOR).after(after, max);
        } catch (RbeesException e) {
            return List.of();
        }
    }

    void register(WorkerRegistration registration, Runnable known) {
        if (living != null) {
            var _ = living.loop().loop().register(registration).thenRun(known);
        }
    }

    void heartbeat(String worker, WorkerHeartbeat heartbeat, Consumer<Boolean> known) {
        if (living == null) {
            known.accept(false);
        } else {
            var _ = living.loop().loop().heartbeat(worker, heartbeat).thenAccept(known);
        }
    }

    /** What is wrong when nothing is left to do. */
    List<String> leftovers() {
        List<String> wrong = new ArrayList<>();
        if (living != null) {
            if (living.loop().loop().faults() != 0) {
                wrong.add("the control loop met " + living.loop().loop().faults() + " faults of its own");
            }
            if (living.room().taken() != 0) {
                wrong.add("nothing waits, and " + living.room().taken() + " places of the queue are taken");
            }
            living.fleet().views().stream().filter(worker -> worker.slotsFree() != worker.slotsTotal())
                    .forEach(worker -> wrong.add("nothing runs, and " + worker.workerId() + " has a slot in use"));
        }
        return wrong;
    }
}
