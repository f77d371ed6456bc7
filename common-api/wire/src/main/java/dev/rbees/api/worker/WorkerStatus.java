package dev.rbees.api.worker;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a worker is doing. Only {@code ready} and {@code busy} workers are given work, a busy one when it has a free slot. */
public enum WorkerStatus {
    /** Its model is being imported or loaded. */
    LOADING,
    /** Nothing runs. */
    READY,
    /** At least one slot is in use. */
    BUSY,
    /** It finishes what runs and takes nothing new. */
    DRAINING,
    /** Its process lives, but it cannot work. */
    FAILED,
    /** Its process is gone. */
    EXITED;

    /** The name on the wire and on command lines. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
