package dev.rbees.api.task;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** What becomes of a task when its last reader goes away. A task that nobody ever opened goes on in both cases. */
public enum OnDisconnect {
    /** It goes on; a reader may come back. */
    KEEP,
    /** It is cancelled. */
    CANCEL;

    /** The name on the wire and on command lines. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
