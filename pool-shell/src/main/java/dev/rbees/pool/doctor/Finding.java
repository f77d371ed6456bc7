package dev.rbees.pool.doctor;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What a check has found.
 *
 * @param name of the check
 * @param status how bad it is
 * @param detail what is so, in one line
 * @param fix what mends it, in one line; null when nothing has to be mended
 */
public record Finding(String name, Status status, String detail, @Nullable String fix) {

    /** How bad it is. */
    public enum Status {
        /** As it should be. */
        OK,
        /** It works, and something is worse than it could be. */
        WARN,
        /** Something will not work. */
        FAIL,
        /** There is nothing to check here. */
        SKIP;

        /** The word in every form of output. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
