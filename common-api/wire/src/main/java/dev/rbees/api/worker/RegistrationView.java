package dev.rbees.api.worker;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * How far a worker is with its registration at an orchestrator.
 *
 * @param orchestrator base address of the one that it asked last
 * @param state what came of it
 * @param detail why it is not registered, for people; absent when it is
 */
public record RegistrationView(String orchestrator, State state, @Nullable String detail) {

    /** What came of a registration. */
    public enum State {
        /** It was not asked yet. */
        PENDING,
        REGISTERED,
        /** The orchestrator does not answer. */
        UNREACHABLE,
        /** The orchestrator does not take this worker. */
        REFUSED;

        /** The name on the wire and in tables. */
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
