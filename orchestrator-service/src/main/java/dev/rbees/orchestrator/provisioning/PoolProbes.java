package dev.rbees.orchestrator.provisioning;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.rbees.orchestrator.core.Command;
import dev.rbees.thread.Liveness;
import dev.rbees.thread.OwnerThread;

/** Asks every pool again and again what it says of itself, several at a time, and tells the core. Any thread. */
final class PoolProbes implements AutoCloseable {

    /** Probes at a time. */
    static final int AT_ONCE = 16;

    private static final Logger LOG = LoggerFactory.getLogger(PoolProbes.class);
    private static final Duration BEAT = Duration.ofMillis(250);

    private final PoolProbe probe;
    private final InstantSource clock;
    private final ExecutorService threads;
    private final Consumer<Command.FromPool> core;
    private final Consumer<Machine> answered;
    private final OwnerThread beat;
    @GuardedBy("this")
    private final ProbeSchedule schedule;
    @GuardedBy("this")
    private final Map<String, Machine> machines = new HashMap<>();

    /**
     * @param clock that never jumps
     * @param threads run probes
     * @param core is told what came of them
     * @param answered hears, on the thread of the probe, that a pool has answered
     */
    PoolProbes(PoolProbe probe, InstantSource clock, RandomGenerator random, ExecutorService threads,
            Consumer<Command.FromPool> core,
            Consumer<Machine> answered, Liveness liveness) {
        this.probe = probe;
        this.clock = clock;
        this.threads = threads;
        this.core = core;
        this.answered = answered;
        this.schedule = new ProbeSchedule(random);
        this.beat = OwnerThread.beating("pool-probes", liveness, BEAT, this::beginDue);
    }

    void start() {
        beat.start();
    }

    /** From now on it is probed, and an earlier one of that id is not. */
    synchronized void add(Machine machine) {
        machines.put(machine.id(), machine);
        schedule.add(machine.id(), machine.isLocal() ? ProbeSchedule.RARE : ProbeSchedule.USUAL, clock.instant());
        beginDue();
    }

    synchronized void remove(String id) {
        machines.remove(id);
        schedule.remove(id);
    }

    /** It is probed at once, when it is known. */
    synchronized void ask(String id) {
        schedule.ask(id, clock.instant());
        beginDue();
    }

    private synchronized void beginDue() {
        List<ProbeSchedule.Turn> due = schedule.begin(clock.instant(), AT_ONCE);
        for (ProbeSchedule.Turn turn : due) {
            Machine machine = Objects.requireNonNull(machines.get(turn.id()), "whoever is probed is known");
            try {
                threads.execute(() -> run(turn, machine));
            } catch (RejectedExecutionException _) {
                return; // the program ends
            }
        }
    }

    private void run(ProbeSchedule.Turn turn, Machine machine) {
        Optional<PoolProbe.Outcome> outcome = Optional.empty();
        try {
            outcome = probe.probe(machine.access());
        } catch (RuntimeException e) {
            LOG.error("the probe of pool {} failed", machine.id(), e);
            outcome = Optional.of(new PoolProbe.Outcome.Unseen("the orchestrator failed to ask it; see its log", true));
        } finally {
            end(turn, machine, outcome);
        }
        if (outcome.orElse(null) instanceof PoolProbe.Outcome.Seen) {
            answered.accept(machine);
        }
    }

    private synchronized void end(ProbeSchedule.Turn turn, Machine machine, Optional<PoolProbe.Outcome> outcome) {
        boolean known = schedule.end(turn, outcome.orElse(null) instanceof PoolProbe.Outcome.Seen, clock.instant());
        if (!known || outcome.isEmpty()) {
            return;
        }
        switch (outcome.get()) {
            case PoolProbe.Outcome.Seen(var status) -> {
                machine.seen(status);
                core.accept(new Command.PoolSeen(machine.id(), status));
            }
            case PoolProbe.Outcome.Unseen(String problem, boolean unusable) ->
                core.accept(new Command.PoolUnseen(machine.id(), problem, unusable));
        }
        beginDue();
    }

    @Override
    public void close() {
        beat.close();
    }
}
