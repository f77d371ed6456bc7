package dev.rbees.pool.model;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What became of a file of a model since it was checked for the first time.
 *
 * @param id of the model
 * @param file path below the model's folder
 * @param status what was found
 * @param sha256 of what lies there now, hex; null when there is nothing
 * @param detail what is wrong, for people; null when nothing is
 */
public record FileCheck(String id, String file, Status status, @Nullable String sha256, @Nullable String detail) {

    /** What was found. */
    public enum Status {
        /** It has the bytes that it must have. */
        OK,
        /** It has others. */
        DAMAGED,
        /** It is not there. */
        MISSING;

        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean ok() {
        return status == Status.OK;
    }
}
