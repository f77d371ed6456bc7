package dev.rbees.orchestrator.scheduling;

import java.util.Locale;

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

    /** As explanations say it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
