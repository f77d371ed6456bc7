package dev.rbees.ctl.host;

import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.ExitCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * How a command ended on one of several machines.
 *
 * @param host as it was named
 * @param code its exit code
 * @param out what it printed
 * @param lastError the last error that it told, empty for none
 * @param failure why it could not be run; null when it was
 */
public record HostRun(String host, int code, String out, String lastError, @Nullable RbeesException failure) {

    /** Whether it ran to its end, with findings or without. */
    public boolean ok() {
        return failure == null && (code == ExitCode.OK.code() || code == ExitCode.FINDINGS.code());
    }

    /** The same, when what it printed is JSON. */
    public HostAnswer answer() {
        if (!ok()) {
            return new HostAnswer(host, false, null, error());
        }
        try {
            return new HostAnswer(host, true, json(), null);
        } catch (RbeesException _) {
            return new HostAnswer(host, false, null, new HostAnswer.Failure(ErrorCode.INTERNAL.name(),
                    "what rbees-pool there prints is not understood; is it of the same version?"));
        }
    }

    private @Nullable JsonNode json() {
        return out.isBlank() ? null : Json.readTree(out.getBytes(UTF_8));
    }

    private HostAnswer.Failure error() {
        if (failure != null) {
            return new HostAnswer.Failure(failure.code().name(), failure.userMessage());
        }
        String meaning = Stream.of(ExitCode.values()).filter(known -> known.code() == code).findFirst()
                .orElse(ExitCode.FAILED).name();
        return new HostAnswer.Failure(meaning, lastError.isEmpty() ? "it ended with exit code " + code : lastError);
    }
}
