package dev.rbees.orchestrator.store;

import dev.rbees.orchestrator.simulation.SteppedStore;

/** The simulator keeps the same promises as the real records, so that what holds in it holds with them. */
class SimulatedStoreContractTest extends TaskStoreContract {

    private final SteppedStore simulated = new SteppedStore();

    @Override
    TaskStore openStore() {
        return simulated.open();
    }
}
