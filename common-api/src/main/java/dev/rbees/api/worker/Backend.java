package dev.rbees.api.worker;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a worker computes on. */
public enum Backend {
    /** Any machine. */
    CPU,
    /** NVIDIA cards. */
    CUDA,
    /** Apple machines; {@code metal} on command lines means this. */
    COREML,
    /** Cards that speak WebGPU. */
    WEBGPU;

    /** The name on the wire and on command lines. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
