package dev.rbees.api.pool;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** What the orchestrator knows of a pool's health. */
public enum PoolState {
    /** It answers. */
    ONLINE,
    /** It answers and is given no new workers. */
    DRAINING,
    /** It has not answered for 45 s, or never. */
    UNREACHABLE,
    /** It answers, but cannot be used: no rbees there, another version, a key that is not trusted. */
    FAILED;

    /** The name on the wire and on command lines. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
