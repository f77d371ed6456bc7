package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.pool.ModelEntry;

/** What was learned of a model: what it needs, how long it loads, and where it failed. */
final class ModelFacts {

    /** Scales and sums beside the weights, as the worker packs them. */
    private static final double PACKED = 1.25;
    /** A cache of some thousand positions and the program itself, for a model of which no more is known than its size. */
    private static final long BESIDE_WEIGHTS = 512_000_000;
    private static final double MARGIN = 1.1;
    private static final double AFTER_TOO_LITTLE = 1.5;
    private static final Duration FIRST_LOAD = Duration.ofSeconds(5);
    private static final int WEIGHT = 4;
    /** why: the first time it may have been bad luck. */
    private static final Duration FIRST_REFUSAL = Duration.ofSeconds(5);
    private static final Duration LONGEST_REFUSAL = Duration.ofMinutes(10);

    private long bytes;
    private boolean downloadable;
    private double learned = 1;
    private @Nullable Duration load;
    private int failures;
    private @Nullable Instant pausedUntil;
    private final Map<Site, Instant> refused = new HashMap<>();
    private @Nullable Instant longSince;

    /** What a pool says of it; the largest counts. */
    void heard(ModelEntry entry) {
        long said = entry.memoryBytes() != null ? Math.max(entry.memoryBytes(), entry.sizeBytes())
                : entry.sizeBytes() == 0 ? 0 : Math.round(entry.sizeBytes() * PACKED) + BESIDE_WEIGHTS;
        bytes = Math.max(bytes, Math.round(said * MARGIN));
    }

    /** Every pool can download it. */
    void downloadable(ModelEntry entry) {
        downloadable = true;
        heard(entry);
    }

    boolean downloadable() {
        return downloadable;
    }

    /** Whether anybody has said how large it is. */
    boolean isKnown() {
        return bytes > 0;
    }

    /** Of a device's memory as pools say, with a tenth for what nobody counted. */
    long leastBytes() {
        return bytes;
    }

    /** The same after starts that failed for want of memory. */
    long bytes() {
        return Math.round(bytes * learned);
    }

    void loaded(Duration took) {
        load = load == null ? took : load.plus(took.minus(load).dividedBy(WEIGHT));
        failures = 0;
        pausedUntil = null;
        learned = Math.max(1, learned / AFTER_TOO_LITTLE);
    }

    /** How long it takes to load. */
    Duration load() {
        return load == null ? FIRST_LOAD : load;
    }

    boolean loadIsKnown() {
        return load != null;
    }

    /** A start failed; gives how often that happened since one succeeded. */
    int failed(Site site, boolean tooLittleMemory, Duration pause, Instant now) {
        failures++;
        Duration away = failures == 1 ? FIRST_REFUSAL : pause.multipliedBy(1L << Math.min(failures - 2, 10));
        refused.put(site, now.plus(away.compareTo(LONGEST_REFUSAL) > 0 ? LONGEST_REFUSAL : away));
        if (tooLittleMemory) {
            learned *= AFTER_TOO_LITTLE;
        }
        return failures;
    }

    void pause(Instant until) {
        pausedUntil = until;
        failures = 0;
    }

    @Nullable
    Instant pausedUntil() {
        return pausedUntil;
    }

    Map<Site, Instant> refused() {
        return refused;
    }

    /** Since when its queue is long; null when it is not. */
    @Nullable
    Instant longSince(boolean isLong, Instant now) {
        longSince = !isLong ? null : longSince == null ? now : longSince;
        return longSince;
    }
}
