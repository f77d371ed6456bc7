package dev.rbees.orchestrator.control;

import dev.rbees.orchestrator.core.Effect;

/** What is done on pools because of a decision. Its methods return at once; what becomes of it comes back to the core as a command. */
public interface PoolActions {

    /** There are no pools. */
    PoolActions NONE = new PoolActions() {
        @Override
        public void start(Effect.StartWorker worker) {
            throw noPools(worker.poolId());
        }

        @Override
        public void stop(Effect.StopWorker worker) {
            throw noPools(worker.poolId());
        }

        @Override
        public void probe(Effect.ProbePool pool) {
            throw noPools(pool.poolId());
        }

        private static IllegalStateException noPools(String pool) {
            return new IllegalStateException("there is no pool, and something is to be done on " + pool);
        }
    };

    void start(Effect.StartWorker worker);

    void stop(Effect.StopWorker worker);

    void probe(Effect.ProbePool pool);
}
