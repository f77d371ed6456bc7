package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A model that tasks wait for.
 *
 * @param model which
 * @param leastBytes that a worker of it needs, as pools say
 * @param bytes the same after starts that failed for want of memory
 * @param waiting tasks that wait
 * @param oldest when the first of these was accepted
 * @param workers that have it, whatever they do
 * @param slots of these, all together
 * @param starting whether one is being started
 * @param longSince since when more tasks wait than its workers can take up soon; null when they do not
 * @param pausedUntil when it may be started again after it failed; null when it did not
 * @param refused sites where it failed, and until when they are left alone
 * @param loadTime how long it takes to load, as far as one knows
 * @param downloadable whether a pool that has it not can download it
 */
public record Demand(String model, long leastBytes, long bytes, int waiting, Instant oldest, int workers, int slots,
        boolean starting,
        @Nullable Instant longSince, @Nullable Instant pausedUntil, Map<Site, Instant> refused, Duration loadTime,
        boolean downloadable) {

    public Demand {
        refused = Map.copyOf(refused);
    }

    /** What a worker takes of a site: all of it, where that is enough by what pools say and not by what was learned. */
    long bytesOn(Place place) {
        long beside = place.site().isCard() ? Capacity.CUDA_CONTEXT : 0;
        return Math.max(leastBytes + beside, Math.min(bytes + beside, place.capacityBytes()));
    }

    boolean isPaused(Instant now) {
        return pausedUntil != null && pausedUntil.isAfter(now);
    }

    boolean isRefusedAt(Site site, Instant now) {
        Instant until = refused.get(site);
        return until != null && until.isAfter(now);
    }
}
