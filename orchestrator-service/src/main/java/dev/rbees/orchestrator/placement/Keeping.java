package dev.rbees.orchestrator.placement;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How long workers without work stay.
 *
 * @param usual where nothing is said of the model; empty for ever
 * @param models what is said of them; empty for ever
 * @param pinned models whose workers make room for nobody, and stay for ever
 */
public record Keeping(Optional<Duration> usual, Map<String, Optional<Duration>> models, Set<String> pinned) {

    public Keeping {
        models = Map.copyOf(models);
        pinned = Set.copyOf(pinned);
    }

    /** The same for all models. */
    public static Keeping of(Duration time) {
        return new Keeping(Optional.of(time), Map.of(), Set.of());
    }

    /** How long a worker of the model stays without work; empty for ever. */
    Optional<Duration> time(String model) {
        return pinned.contains(model) ? Optional.empty() : models.getOrDefault(model, usual);
    }

    boolean isPinned(String model) {
        return pinned.contains(model);
    }
}
