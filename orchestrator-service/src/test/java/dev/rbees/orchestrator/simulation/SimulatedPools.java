package dev.rbees.orchestrator.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.rbees.api.pool.ModelEntry;
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

    /** All of them can download every model. */
    List<ModelEntry> downloadable() {
        return pools.values().stream().findFirst().map(SimulatedPool::entries).orElse(List.of());
    }

    /** What must not have happened. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        pools.values().forEach(pool -> faults.addAll(pool.faults()));
        return faults;
    }

    private SimulatedPool require(String id) {
        return Objects.requireNonNull(pools.get(id), "effects name pools that are there");
    }

    @Override
    public void start(Effect.StartWorker worker) {
        require(worker.poolId()).start(worker);
    }

    @Override
    public void stop(Effect.StopWorker worker) {
        require(worker.poolId()).stop(worker);
    }

    @Override
    public void probe(Effect.ProbePool pool) {
        require(pool.poolId()).probe();
    }
}
