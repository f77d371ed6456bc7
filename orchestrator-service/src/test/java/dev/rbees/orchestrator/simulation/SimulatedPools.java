package dev.rbees.orchestrator.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.orchestrator.control.PoolActions;
import dev.rbees.orchestrator.core.Effect;

/** The pools of a simulation, as the orchestrator reaches them. */
final class SimulatedPools implements PoolActions {

    private final Map<String, SimulatedPool> pools = new TreeMap<>();

    void add(SimulatedPool pool) {
        pools.put(pool.id(), pool);
    }

    List<SimulatedPool> all() {
        return List.copyOf(pools.values());
    }

    Stream<PoolRegistration> registrations() {
        return pools.values().stream().map(SimulatedPool::registration);
    }

    /** What must not have happened. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        pools.values().forEach(pool -> faults.addAll(pool.faults()));
        return faults;
    }

    @Override
    public void start(Effect.StartWorker worker) {
        pools.get(worker.poolId()).start(worker);
    }

    @Override
    public void stop(Effect.StopWorker worker) {
        pools.get(worker.poolId()).stop(worker);
    }

    @Override
    public void probe(Effect.ProbePool pool) {
        pools.get(pool.poolId()).probe();
    }
}
