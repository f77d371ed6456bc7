package dev.rbees.orchestrator.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.rbees.api.task.WaitingFor;
import dev.rbees.orchestrator.placement.Pools;
import dev.rbees.orchestrator.queue.TaskQueue;
import dev.rbees.orchestrator.queue.ThroughputEstimator;
import dev.rbees.orchestrator.worker.Fleet;

/** All that the core knows, and the effects of the transition that is under way. */
final class State {

    final CoreSettings settings;
    final TaskQueue<LiveTask> queue;
    final Fleet fleet;
    final Pools pools;
    final ThroughputEstimator throughput;
    final RandomGenerator random;
    final Map<String, LiveTask> live = new HashMap<>();
    final Set<LiveTask> watched = new LinkedHashSet<>();
    final Timers deadlines = new Timers();
    final Timers retries = new Timers();
    final Timers stages = new Timers();
    final Affinities affinities = new Affinities();
    /** Models that no worker has, and for what their tasks wait. */
    final Map<String, WaitingFor> waitingFor = new HashMap<>();
    /** How many times a task was given to a worker. */
    long decisions;
    boolean draining;
    boolean closing;
    Instant lastTick = Instant.MAX;
    Instant nextNoteOfModels = Instant.MIN;

    private List<Effect> effects = new ArrayList<>();

    State(CoreSettings settings, TaskQueue<LiveTask> queue, Fleet fleet, Pools pools, ThroughputEstimator throughput,
            RandomGenerator random) {
        this.settings = settings;
        this.queue = queue;
        this.fleet = fleet;
        this.pools = pools;
        this.throughput = throughput;
        this.random = random;
    }

    /** When the task at this position of a model's line will probably begin; empty while too little is known. */
    Optional<Duration> untilStart(String model, int position, Instant now) {
        return waitingFor.containsKey(model) ? pools.untilReady(model, now) : throughput.untilStart(model, position, now);
    }

    void emit(Effect effect) {
        effects.add(effect);
    }

    /** What is to be done because of the transition that is now over. */
    List<Effect> takeEffects() {
        List<Effect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }
}
