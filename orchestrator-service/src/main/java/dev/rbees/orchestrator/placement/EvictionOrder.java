package dev.rbees.orchestrator.placement;

import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;

/** Which worker is the first to make room for another model. */
public enum EvictionOrder {

    /** Who was used the longest ago. */
    LRU,
    /** Who was used the least, by tasks in a minute. */
    LFU,
    /** Nobody: the operator stops workers. */
    MANUAL;

    private static final double MINUTE = 60;

    /** As options say it, for example {@code lru}. */
    public String optionName() {
        return name().toLowerCase(Locale.ROOT);
    }

    Comparator<Resident> order(Instant now) {
        return switch (this) {
            case LRU, MANUAL -> Comparator.comparing(Resident::lastUsed);
            case LFU -> Comparator.comparingDouble((Resident resident) -> resident.served() * MINUTE
                    / Math.max(1, resident.since(now).toSeconds())).thenComparing(Resident::lastUsed);
        };
    }
}
