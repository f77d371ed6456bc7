package dev.rbees.orchestrator.pool;

import java.util.List;

/** Keeps what is to be known of pools after a restart. Writes return at once and happen in the order of the calls; reads block. */
public interface PoolStore {

    /** Replaces what is known of a pool. */
    void remember(PoolRecord pool);

    void forgetPool(String id);

    List<PoolRecord> pools();
}
