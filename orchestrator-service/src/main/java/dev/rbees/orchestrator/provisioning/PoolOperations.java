package dev.rbees.orchestrator.provisioning;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.control.PoolActions;
import dev.rbees.orchestrator.core.Command;
import dev.rbees.orchestrator.core.Effect;
import dev.rbees.orchestrator.pool.KnownPool;
import dev.rbees.orchestrator.pool.PoolRegistry;
import dev.rbees.orchestrator.time.SteadyClock;
import dev.rbees.orchestrator.worker.KnownModels;
import dev.rbees.thread.Liveness;

/**
 * Does on pools what the core has decided, and asks them how they are. Any thread; no method waits for a pool: each thing is done by a
 * virtual thread, and there are as many of them as the core has decided to start and stop workers, and a few for probes.
 */
public final class PoolOperations implements PoolActions, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PoolOperations.class);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final PoolRegistry registry;
    private final PoolAccesses accesses;
    private final WorkerControl workers;
    private final KnownModels models;
    private final SteadyClock clock;
    private final RandomGenerator random;
    private final Liveness liveness;
    private final Duration probeLimit;
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("pool-", 0).factory());
    private final Map<String, Machine> machines = new ConcurrentHashMap<>();
    private volatile Optional<Running> running = Optional.empty();

    /** What there is from the start on. */
    private record Running(ControlLoop control, PoolProbes probes) {}

    /**
     * @param registry which pools there are
     * @param accesses ways to pools; closed with this
     * @param workers how workers are started
     * @param models hear of those that pools have
     * @param random draws when pools are probed
     */
    public PoolOperations(PoolRegistry registry, PoolAccesses accesses, WorkerControl workers, KnownModels models,
            SteadyClock clock, RandomGenerator random,
            Liveness liveness) {
        this(registry, accesses, workers, models, clock, random, liveness, PoolProbe.LIMIT);
    }

    /** @param probeLimit a pool that has not answered within this time did not answer */
    PoolOperations(PoolRegistry registry, PoolAccesses accesses, WorkerControl workers, KnownModels models,
            SteadyClock clock, RandomGenerator random,
            Liveness liveness, Duration probeLimit) {
        this.registry = registry;
        this.accesses = accesses;
        this.workers = workers;
        this.models = models;
        this.clock = clock;
        this.random = random;
        this.liveness = liveness;
        this.probeLimit = probeLimit;
    }

    /**
     * All pools of the registry are used from now on.
     *
     * @param control hears of them, and of what becomes of them
     */
    public synchronized void begin(ControlLoop control) {
        PoolProbes probes = new PoolProbes(new PoolProbe(probeLimit), clock::steady, random, threads, control::hear,
                this::answered, liveness);
        running = Optional.of(new Running(control, probes));
        probes.start();
        for (KnownPool pool : registry.all()) {
            var _ = join(pool);
        }
    }

    private Running running() {
        return running.orElseThrow(() -> new IllegalStateException("not started"));
    }

    /**
     * A pool is registered.
     *
     * @param fresh whether it is new; else it is reached in another way from now on
     * @param told completes when the core knows it
     */
    public record Joined(boolean fresh, CompletableFuture<Boolean> told) {}

    /** @throws RbeesException as {@link PoolRegistry#register} */
    public synchronized Joined register(PoolRegistration pool) {
        boolean fresh = registry.register(pool);
        return new Joined(fresh, join(registry.require(pool.id())));
    }

    /**
     * A pool is used no longer; what runs there goes on.
     *
     * @throws RbeesException as {@link PoolRegistry#remove}
     */
    public synchronized CompletableFuture<Boolean> remove(String id) {
        registry.remove(id);
        Optional.ofNullable(machines.remove(id)).ifPresent(this::leave);
        running().probes().remove(id);
        return running().control().leavePool(id);
    }

    /**
     * A pool gets no new workers, or does again.
     *
     * @throws RbeesException as {@link PoolRegistry#drain}
     */
    public synchronized CompletableFuture<Boolean> drain(String id, boolean draining) {
        registry.drain(id, draining);
        return running().control().drainPool(id, draining);
    }

    /** why: the core hears of it first, so that it knows whose news come. */
    private CompletableFuture<Boolean> join(KnownPool pool) {
        ControlLoop control = running().control();
        CompletableFuture<Boolean> told = control.joinPool(pool.registration());
        if (pool.draining()) {
            told = told.thenCombine(control.drainPool(pool.id(), true), Boolean::logicalOr);
        }
        Machine machine = accesses.machine(pool, workers.own());
        Optional.ofNullable(machines.put(pool.id(), machine)).ifPresent(this::leave);
        running().probes().add(machine);
        return told;
    }

    /** why: what closes a tunnel may wait for a lock that another thread holds while it connects. */
    private void leave(Machine machine) {
        execute(machine::leave);
    }

    /**
     * A worker that registers, where it is reached from here: one behind a tunnel at a port of our own. Blocks while a tunnel is opened.
     *
     * @throws RbeesException INVALID_REQUEST when it names a tunnel that is none, POOL_UNAVAILABLE while its pool does not show it
     */
    public WorkerRegistration reached(WorkerRegistration worker) {
        Optional<String> pool = TunnelHost.poolOf(worker.host());
        if (pool.isEmpty()) {
            return worker;
        }
        Machine machine = machines.get(pool.get());
        Tunnel tunnel = Optional.ofNullable(machine).flatMap(Machine::tunnel)
                .orElseThrow(() -> RbeesException.invalid("host",
                        "tunnel", "host names a pool that this orchestrator reaches through no tunnel"));
        if (machine == null || !machine.runs(worker.workerId(), worker.port())) {
            // why: the token of workers is no permission to be connected to any port of that machine
            running().probes().ask(pool.get());
            throw RbeesException.busy(ErrorCode.POOL_UNAVAILABLE, "the pool " + pool.get() + " does not show this worker at"
                    + " that port yet; register again", Duration.ofSeconds(5));
        }
        return worker.at("127.0.0.1", tunnel.portTo(worker.port()));
    }

    @Override
    public void probe(Effect.ProbePool pool) {
        running().probes().ask(pool.poolId());
    }

    @Override
    public void start(Effect.StartWorker worker) {
        execute(() -> startNow(worker));
    }

    @Override
    public void stop(Effect.StopWorker worker) {
        execute(() -> {
            Machine machine = machines.get(worker.poolId());
            boolean stopped = machine != null && workers.stop(machine, worker.workerId());
            tell(new Command.StopDone(worker.poolId(), worker.workerId(), stopped));
        });
    }

    private void startNow(Effect.StartWorker wanted) {
        Machine machine = machines.get(wanted.poolId());
        if (machine == null) {
            tell(new Command.StartFailed(wanted.start(), ErrorCode.POOL_UNAVAILABLE,
                    "the pool " + wanted.poolId() + " is used no longer"));
            return;
        }
        try {
            workers.start(wanted, machine, this::tell, () -> running().probes().ask(machine.id()));
            tell(new Command.StartDone(wanted.start()));
        } catch (RbeesException e) {
            if (!threads.isShutdown()) {
                LOG.warn("worker {} was not started on pool {}: {}", wanted.workerId(), machine.id(), e.userMessage());
            }
            tell(new Command.StartFailed(wanted.start(), e.code(), e.userMessage()));
        } catch (RuntimeException e) {
            LOG.error("the start of worker {} on pool {} failed", wanted.workerId(), machine.id(), e);
            tell(new Command.StartFailed(wanted.start(), ErrorCode.INTERNAL,
                    "the orchestrator failed to start a worker; its log has more"));
        }
    }

    private void answered(Machine machine) {
        machine.status().ifPresent(status -> status.models().forEach(models::onPool));
        machine.tunnel().ifPresent(tunnel -> {
            tunnel.shown(machine.workerPorts());
            tunnel.mend(!machine.workerPorts().isEmpty());
        });
        for (String worker : machine.leftovers(clock.steady())) {
            LOG.info("worker {} came to run on pool {} although its start had failed; it is stopped", worker, machine.id());
            workers.stop(machine, worker);
        }
    }

    /** Who closes is told nothing any more. */
    private void tell(Command.FromPool news) {
        if (!threads.isShutdown()) {
            running().control().hear(news);
        }
    }

    private void execute(Runnable work) {
        try {
            threads.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("the orchestrator closes, and nothing more is done on pools", e);
        }
    }

    /** What is under way is ended here; a worker whose start was under way may come to run, and registers then. */
    @Override
    public void close() {
        running.ifPresent(one -> one.probes().close());
        threads.shutdownNow();
        boolean interrupted = false;
        try {
            if (!threads.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("some commands on pools have not ended");
            }
        } catch (InterruptedException _) {
            interrupted = true;
        }
        machines.values().forEach(Machine::leave);
        accesses.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
