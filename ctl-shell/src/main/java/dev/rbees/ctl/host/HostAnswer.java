package dev.rbees.ctl.host;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What one of several machines answered, as {@code --output json} shows it.
 *
 * @param host as it was named
 * @param ok whether the command ran to its end there; findings are no failure
 * @param result what it prints there; null when it prints nothing, or failed
 * @param error why it failed; null when it did not
 */
public record HostAnswer(String host, boolean ok, @Nullable JsonNode result, @Nullable Failure error) {

    /**
     * A failure.
     *
     * @param code of the wire contract when the machine was not reached, else what the exit code of the command there means,
     *        such as {@code NOT_FOUND}
     * @param message for people
     */
    public record Failure(String code, String message) {}
}
