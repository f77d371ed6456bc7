package dev.rbees.orchestrator.placement;

import java.time.Duration;

/**
 * By what models are placed.
 *
 * @param eviction which worker is the first to make room
 * @param download whether a pool may download a model that it has not
 * @param keeping how long workers stay without work
 * @param startLimit how long a start may take
 * @param turn how long a worker may work before it has to make room for a model that waits, at least
 * @param swapPause between two stops of workers for other models on one site. why: a bound on swaps, however the load changes
 * @param retryPause after two failed starts of a model, before the next
 * @param longQueue how long more tasks wait than can be taken up soon, before another worker of the model is started
 * @param replicas workers of one model at most
 */
public record PlacementSettings(EvictionOrder eviction, boolean download, Keeping keeping, Duration startLimit,
        Duration turn, Duration swapPause, Duration retryPause, Duration longQueue, int replicas) {

    /** What fits most owners. */
    public static final PlacementSettings USUAL = new PlacementSettings(EvictionOrder.LRU, true,
            Keeping.of(Duration.ofMinutes(10)), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofSeconds(15),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30), 4);

    /** The same with another order of eviction. */
    public PlacementSettings with(EvictionOrder other) {
        return new PlacementSettings(other, download, keeping, startLimit, turn, swapPause, retryPause, longQueue, replicas);
    }

    /** The same with other times without work. */
    public PlacementSettings with(Keeping other) {
        return new PlacementSettings(eviction, download, other, startLimit, turn, swapPause, retryPause, longQueue,
                replicas);
    }

    /** What an owner may choose. */
    public PlacementSettings with(EvictionOrder order, boolean downloads, Keeping keep, int most) {
        return new PlacementSettings(order, downloads, keep, startLimit, turn, swapPause, retryPause, longQueue, most);
    }
}
