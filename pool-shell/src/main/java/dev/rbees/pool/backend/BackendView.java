package dev.rbees.pool.backend;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

import dev.rbees.api.worker.Backend;

/**
 * A backend as {@code backend list} shows it.
 *
 * @param name as {@code worker spawn} takes it
 * @param status whether workers can use it
 * @param detail what it is made of, or what is missing and where that comes from; one line
 */
public record BackendView(Backend name, Status status, String detail) {

    /** Whether workers can use a backend. */
    public enum Status {
        /** They can, now. */
        AVAILABLE,
        /** Its libraries are here, and something of the machine is missing. */
        INSTALLED,
        /** Its libraries are not here. */
        MISSING;

        /** The word in every form of output. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
