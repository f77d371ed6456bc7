package dev.rbees.api.worker;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a worker computes on. */
public enum Backend {
    /** Any machine. */
    CPU,
    /** NVIDIA cards. */
    CUDA,
    /** Apple machines; {@code metal} on command lines means this. */
    COREML,
    /** Apple machines, through WebGPU. */
    WEBGPU;

    /** What {@code word} means on a command line: a wire name, or {@code metal}; empty when it is none. */
    public static Optional<Backend> named(String word) {
        return word.equals("metal")
                ? Optional.of(COREML)
                : Stream.of(values()).filter(backend -> backend.wireName().equals(word)).findFirst();
    }

    /** The name on the wire and on command lines. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
