package dev.rbees.api.task;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** The two classes of waiting tasks. */
public enum Priority {
    /** Somebody is waiting in front of a screen. */
    INTERACTIVE,
    /** Nobody is waiting; it may be overtaken. */
    BATCH;

    /** The name on the wire and on command lines. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
