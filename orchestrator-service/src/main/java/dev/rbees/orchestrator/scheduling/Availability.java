package dev.rbees.orchestrator.scheduling;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Whether a worker may be given a task, and if not, why. */
public enum Availability {

    /** It has room. */
    FREE,
    /** All its slots are in use. */
    FULL,
    /** It refused a task just now, and is asked again in a moment. */
    PAUSED,
    /** Its circuit is open: it failed too often of late. */
    CIRCUIT_OPEN,
    /** It says that it is loading, shutting down or broken, or its connection was lost. */
    NOT_READY;

    /** Counts by the names that explanations use. */
    public static Map<String, Integer> named(Map<Availability, Integer> counts) {
        Map<String, Integer> named = new TreeMap<>();
        counts.forEach((availability, count) -> named.put(availability.name().toLowerCase(Locale.ROOT), count));
        return named;
    }
}
