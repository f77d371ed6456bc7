package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/** A worker on a pool that is ours to stop. */
final class Placed {

    final String workerId;
    final String model;
    final Site site;
    final long bytes;
    final Instant readySince;
    Instant lastUsed;
    long served;
    /** Whether what the pool says of its memory counts this worker already. */
    boolean counted;
    /** Whether it gets no more tasks. */
    boolean retiring;
    /** The model for which it makes room; empty for none. */
    String room = "";
    /** Since when it is being stopped; null while it is not. */
    @Nullable
    Instant stopping;
    /** When it is to be stopped again, because that failed; null otherwise. */
    @Nullable
    Instant again;

    Placed(String workerId, String model, Site site, long bytes, Instant now) {
        this.workerId = workerId;
        this.model = model;
        this.site = site;
        this.bytes = bytes;
        this.readySince = now;
        this.lastUsed = now;
    }

    Resident resident(boolean busy, @Nullable Duration keepAlive, boolean pinned) {
        return new Resident(workerId, model, bytes, busy, readySince, lastUsed, served, keepAlive, pinned);
    }
}
