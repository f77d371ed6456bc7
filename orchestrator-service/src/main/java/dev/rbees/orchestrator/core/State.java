package dev.rbees.orchestrator.core;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

import dev.rbees.orchestrator.queue.TaskQueue;
import dev.rbees.orchestrator.queue.ThroughputEstimator;
import dev.rbees.orchestrator.worker.Fleet;

/** All that the core knows, and the effects of the transition that is under way. */
final class State {

    final CoreSettings settings;
    final TaskQueue<LiveTask> queue;
    final Fleet fleet;
    final ThroughputEstimator throughput;
    final RandomGenerator random;
    final Map<String, LiveTask> live = new HashMap<>();
    final Set<LiveTask> watched = new LinkedHashSet<>();
    final Timers deadlines = new Timers();
    final Timers retries = new Timers();
    final Timers stages = new Timers();
    final Affinities affinities = new Affinities();
    /** How many times a task was given to a worker. */
    long decisions;
    boolean draining;
    boolean closing;
    Instant lastTick = Instant.MAX;
    Instant nextNoteOfModels = Instant.MIN;

    private List<Effect> effects = new ArrayList<>();

    State(CoreSettings settings, TaskQueue<LiveTask> queue, Fleet fleet, ThroughputEstimator throughput,
            RandomGenerator random) {
        this.settings = settings;
        this.queue = queue;
        this.fleet = fleet;
        this.throughput = throughput;
        this.random = random;
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
