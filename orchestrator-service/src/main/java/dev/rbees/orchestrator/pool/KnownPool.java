package dev.rbees.orchestrator.pool;

import dev.rbees.api.pool.PoolRegistration;

/**
 * A pool that this orchestrator uses.
 *
 * @param registration how it is reached, and what may be done with it
 * @param origin where it comes from
 * @param draining whether it gets no new workers
 */
public record KnownPool(PoolRegistration registration, Origin origin, boolean draining) {

    /** Where a pool comes from. */
    public enum Origin {
        /** A file of the orchestrator's machine. */
        FILE,
        /** Somebody registered it. */
        REGISTERED,
        /** It is the orchestrator's machine itself. */
        LOCAL
    }

    public String id() {
        return registration.id();
    }

    KnownPool with(boolean drains) {
        return new KnownPool(registration, origin, drains);
    }
}
