package dev.rbees.orchestrator.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;

import dev.rbees.api.error.RbeesException;
import dev.rbees.api.model.Catalog;
import dev.rbees.api.task.Accepted;
import dev.rbees.api.tenant.TenantRequest;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.admission.Admission;
import dev.rbees.orchestrator.admission.Gate;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.control.Adoption;
import dev.rbees.orchestrator.control.Affinity;
import dev.rbees.orchestrator.control.ControlTools;
import dev.rbees.orchestrator.control.Intake;
import dev.rbees.orchestrator.control.PoolActions;
import dev.rbees.orchestrator.control.SteppedLoop;
import dev.rbees.orchestrator.control.TaskDirectory;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.core.Core;
import dev.rbees.orchestrator.core.CoreSettings;
import dev.rbees.orchestrator.core.Timeouts;
import dev.rbees.orchestrator.events.EndedLog;
import dev.rbees.orchestrator.events.EventSource;
import dev.rbees.orchestrator.events.LoggedEvent;
import dev.rbees.orchestrator.events.TaskLog;
import dev.rbees.orchestrator.observability.TaskMeters;
import dev.rbees.orchestrator.placement.PlacementSettings;
import dev.rbees.orchestrator.placement.Pools;
import dev.rbees.orchestrator.queue.FullQueue;
import dev.rbees.orchestrator.queue.QueuePermits;
import dev.rbees.orchestrator.queue.ThroughputEstimator;
import dev.rbees.orchestrator.quota.Quotas;
import dev.rbees.orchestrator.scheduling.Policy;
import dev.rbees.orchestrator.session.Sessions;
import dev.rbees.orchestrator.tenant.Tenants;
import dev.rbees.orchestrator.time.SteadyClock;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModels;
import dev.rbees.service.Caller;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.Ownership;

/** The real admission, core and event logs, over a simulated store, clock and network; it can die and start again. */
final class SimulatedOrchestrator {

    /** Names of the tenants; tasks may also be the installation's own. */
    static final List<String> TENANTS = List.of("amber", "blue");

    /** why: registering meters costs more than a whole run. */
    private static final MeterRegistry METERS = new SimpleMeterRegistry();
    private static final Catalog CATALOG = Catalog.builtIn();
    private static final long TICK = 250;
    private static final int OUTBOX = 16;
    /** why: few, so that the rest of what a life left has to wait in the record. */
    private static final int ADOPTED_AT_MOST = 12;

    /** What is lost with the process. */
    private record Life(SteppedLoop loop, Intake intake, Adoption adoption, TaskDirectory directory, QueuePermits permits,
            Fleet fleet, Tenants tenants, ThroughputEstimator throughput, Map<String, Runnable> reading) {}

    /**
     * How it is set up.
     *
     * @param capacity of the queue
     * @param fullQueue what happens when it is full
     * @param policy by what workers are chosen
     * @param placement by what models are placed
     */
    record Setup(int capacity, FullQueue fullQueue, Policy policy, PlacementSettings placement) {

        Setup(int capacity, FullQueue fullQueue, Policy policy) {
            this(capacity, fullQueue, policy, PlacementSettings.USUAL);
        }
    }

    private final VirtualTime time;
    private final SimulatedStore store;
    private final RandomGenerator random;
    private final Setup setup;
    private final Map<String, SimulatedWorker> workers = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    /** Tasks that were cancelled because their last reader left, or a client asked for it. */
    private final Set<String> unwanted = new HashSet<>();
    private @Nullable Life living;
    private @Nullable SimulatedPools pools;
    private boolean frozen;
    private boolean slow;
    private int fullest;
    /** Internal ids of the tenants, by name. */
    private final Map<String, String> owners = new HashMap<>();
    private int lives;

    SimulatedOrchestrator(VirtualTime time, SimulatedStore store, RandomGenerator random, Setup setup) {
        this.time = time;
        this.store = store;
        this.random = random;
        this.setup = setup;
    }

    /** It may start workers there. */
    void with(SimulatedPools machines) {
        pools = machines;
    }

    /** Number of this life; an answer to an earlier one is heard no more. */
    int life() {
        return lives;
    }

    void hear(Command.FromPool news) {
        if (living != null) {
            living.loop().loop().hear(news);
        }
    }

    void add(SimulatedWorker worker) {
        workers.put(worker.id(), worker);
    }

    void start() {
        Ownership owner = new Ownership("the core");
        SteadyClock clock = new SteadyClock(time::instant, time::nanos);
        TaskDirectory directory = new TaskDirectory(store);
        Fleet fleet = new Fleet(setup.policy(), owner);
        KnownModels models = new KnownModels(CATALOG, store, time::instant);
        QueuePermits permits = new QueuePermits(setup.capacity(), 1 << 20);
        ThroughputEstimator throughput = new ThroughputEstimator();
        Tenants tenants = new Tenants(store, time::instant, random);
        Core core = new Core(owner, new CoreSettings(setup.policy(), setup.fullQueue(), Timeouts.USUAL), fleet,
                new Pools(setup.placement(), pools == null ? List.of() : pools.downloadable(), owner), throughput, random);
        ControlTools tools = new ControlTools(store,
                (order, listener) -> Optional.ofNullable(workers.get(order.workerId())).orElseThrow().execute(order,
                        listener),
                new Quotas(tenants, new Sessions(store, time::instant)), models, permits, new TaskMeters(METERS, _ -> 0),
                AuditLog.NONE, pools == null ? PoolActions.NONE : pools,
                directory, clock, random);
        Liveness liveness = new Liveness(failure -> faults.add(failure.thread() + " failed: " + failure.cause()));
        SteppedLoop loop = new SteppedLoop(core, owner, tools, liveness, OUTBOX);
        Affinity affinity = new Affinity(setup.policy());
        Adoption adoption = new Adoption(tools, loop.loop(), affinity, ADOPTED_AT_MOST, liveness);
        Admission admission = new Admission(new Gate(), store, models, fleet,
                (_, _) -> CompletableFuture.failedFuture(new IllegalStateException("nobody asks")), throughput, clock);
        Intake intake = new Intake(admission, loop.loop(), tools, throughput, affinity, adoption::suspect, Runnable::run);
        living = new Life(loop, intake, adoption, directory, permits, fleet, tenants, throughput, new HashMap<>());
        if (tenants.list().isEmpty()) {
            TENANTS.forEach(name -> owners.put(name,
                    tenants.create(new TenantRequest(name, new TenantRequest.Quota(4, 2_000L, null, null))).owner()));
        }
        int begun = ++lives;
        if (pools != null) {
            pools.registrations().forEach(pool -> {
                var _ = loop.loop().joinPool(pool);
            });
        }
        time.after(TICK, () -> tick(begun));
    }

    private void tick(int begun) {
        if (lives == begun && living != null) {
            if (!frozen) {
                living.loop().adopt(living.adoption());
                guarded(living.loop()::tick);
            }
            time.after(TICK, () -> tick(begun));
        }
    }

    /** why: what ends the real program ends this one, and is said at the end. */
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            faults.add("a command failed half way: " + e);
            die();
        }
    }

    /** kill -9: what it had not committed is gone, and its connections break. */
    void die() {
        lives++;
        living = null;
        frozen = false;
        slow = false;
        store.die();
        workers.values().forEach(SimulatedWorker::disconnect);
    }

    /** SIGTERM: it sends its readers away, writes what was decided, and ends. */
    void close() {
        if (living != null && !frozen) {
            Life ending = living;
            ending.loop().loop().drain();
            ending.loop().loop().closeStreams();
            List.copyOf(ending.reading().values()).forEach(Runnable::run);
            settle(ending);
            store.flush();
            die();
        }
    }

    private void settle(Life ending) {
        do {
            guarded(ending.loop()::step);
        } while (ending.loop().executeSome(Integer.MAX_VALUE) > 0);
    }

    boolean alive() {
        return living != null;
    }

    /** SIGSTOP and SIGCONT. */
    void freeze(boolean now) {
        frozen = now;
    }

    /** The record takes its time, so that what was decided waits to be done. */
    void slow(boolean now) {
        slow = now;
    }

    /** How many effects waited at most. */
    int fullest() {
        return fullest;
    }

    /** Does what has come in the meantime. */
    void step() {
        if (living == null || frozen) {
            return;
        }
        Life now = living;
        int begun = lives;
        if (slow) {
            guarded(now.loop()::step);
            if (lives == begun) {
                guarded(() -> now.loop().executeSome(random.nextInt(0, 3)));
            }
            fullest = Math.max(fullest, now.loop().waiting());
        } else {
            settle(now);
        }
    }

    /** Empty when there is nobody to take it. */
    Optional<CompletableFuture<Accepted>> submit(Intake.Submission submission, @Nullable String tenant) {
        if (living == null || frozen) {
            return Optional.empty();
        }
        String owner = tenant == null ? null : owners.get(tenant);
        return Optional.of(living.intake().submit(new Intake.Submission(submission.task(), owner, submission.correlationId(),
                submission.trace(), submission.digest(), submission.idempotencyKey(), null)));
    }

    void cancel(String task) {
        if (living != null && !frozen) {
            unwanted.add(task);
            var _ = living.loop().loop().cancel(task);
        }
    }

    /** Whether somebody wanted the end of a task. */
    boolean unwanted(String task) {
        return unwanted.contains(task);
    }

    /** A client opens the stream of a task, and stays until it leaves or is sent away. */
    void open(String task) {
        if (living != null && log(task).orElse(null) instanceof TaskLog log) {
            Runnable wake = () -> {
            };
            Map<String, Runnable> reading = living.reading();
            log.join(wake);
            reading.put(task, () -> {
                reading.remove(task);
                log.leave(wake);
            });
        }
    }

    /** A client leaves the stream that it opened. */
    void leave(String task) {
        Runnable leaving = living == null || frozen ? null : living.reading().get(task);
        if (leaving != null) {
            unwanted.add(task);
            leaving.run();
        }
    }

    private Optional<EventSource> log(String task) {
        if (living == null || frozen) {
            return Optional.empty();
        }
        try {
            return Optional.of(living.directory().log(task, Caller.OPERATOR));
        } catch (RbeesException e) {
            return Optional.empty();
        }
    }

    /** What a reader is shown who has seen the events up to this one; nothing while it cannot ask. */
    List<LoggedEvent> read(String task, long after, int max) {
        return log(task).map(source -> switch (source) {
            case TaskLog log -> log.after(after, max);
            case EndedLog _ -> store.events(task, after, max);
        }).orElse(List.of());
    }

    /** @param again whether the process shows the secret that it was given */
    void register(WorkerRegistration registration, boolean again, Runnable known) {
        if (living != null) {
            var _ = living.loop().loop().register(registration, again).thenRun(known);
        }
    }

    void heartbeat(String worker, WorkerHeartbeat heartbeat, Consumer<Boolean> known) {
        if (living == null) {
            known.accept(false);
        } else {
            var _ = living.loop().loop().heartbeat(worker, heartbeat).thenAccept(known);
        }
    }

    void deregister(String worker) {
        if (living != null) {
            var _ = living.loop().loop().deregister(worker);
        }
    }

    /** What is wrong when nothing is left to do. */
    List<String> leftovers() {
        List<String> wrong = new ArrayList<>(faults);
        if (living != null) {
            if (living.permits().tasks() != 0 || living.permits().bytes() != 0) {
                wrong.add("nothing waits, and permits of %d tasks and %d bytes are held".formatted(living.permits().tasks(),
                        living.permits().bytes()));
            }
            living.fleet().views().stream().filter(worker -> worker.slotsFree() != worker.slotsTotal())
                    .forEach(worker -> wrong.add("nothing runs, and " + worker.workerId() + " has a slot in use"));
            living.tenants().list().stream().filter(tenant -> tenant.tasks() != 0)
                    .forEach(tenant -> wrong
                            .add("nothing runs, and " + tenant.tenantId() + " has " + tenant.tasks() + " tasks"));
            if (living.directory().size() != 0) {
                wrong.add("nothing runs, and the directory has " + living.directory().size() + " tasks");
            }
        }
        return wrong;
    }
}
