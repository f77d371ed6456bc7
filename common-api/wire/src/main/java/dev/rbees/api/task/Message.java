package dev.rbees.api.task;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * One turn of a conversation.
 *
 * @param role who speaks
 * @param content what is said; parts of type text are joined when the request is read
 */
public record Message(Role role, String content) {

    /** Who speaks. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT,
        TOOL;

        /** The name on the wire and on command lines. */
        @JsonValue
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static Message user(String content) {
        return new Message(Role.USER, content);
    }
}
