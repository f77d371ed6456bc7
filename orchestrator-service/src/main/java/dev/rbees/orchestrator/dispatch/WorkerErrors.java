package dev.rbees.orchestrator.dispatch;

import java.util.EnumSet;
import java.util.Set;

import tools.jackson.databind.JsonNode;

import dev.rbees.api.Ids;
import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.json.Json;

/** What becomes of the errors that workers report: those that say something of the task are passed on, in bounded words. */
final class WorkerErrors {

    private static final int MAX_MESSAGE = 1_000;

    /** why: any other code says that worker and orchestrator do not fit together, and nothing of the task. */
    private static final Set<ErrorCode> OF_THE_TASK = EnumSet.of(ErrorCode.INVALID_REQUEST,
            ErrorCode.CONTEXT_LENGTH_EXCEEDED, ErrorCode.PAYLOAD_TOO_LARGE, ErrorCode.CANCELLED, ErrorCode.INFERENCE_FAILED,
            ErrorCode.VRAM_OOM, ErrorCode.INSUFFICIENT_VRAM, ErrorCode.MODEL_LOAD_FAILED, ErrorCode.INTERNAL,
            ErrorCode.ALL_SLOTS_BUSY, ErrorCode.DRAINING, ErrorCode.OVERLOADED, ErrorCode.DEADLINE_EXCEEDED,
            ErrorCode.TIMEOUT, ErrorCode.WORKER_UNAVAILABLE);

    private WorkerErrors() {}

    /** @param body of an answer that is an error */
    static AttemptEnd.Broken ofBody(String workerId, byte[] body) {
        return of(workerId, envelope(body));
    }

    /** @param error an object with code and message; anything else is an error that is not understood */
    static AttemptEnd.Broken of(String workerId, JsonNode error) {
        String name = error.path("code").asString("");
        if (name.isEmpty()) {
            return new AttemptEnd.Broken(ErrorCode.WORKER_UNAVAILABLE,
                    "worker " + workerId + " refused the work in a way that is not understood");
        }
        ErrorCode code = Ids.errorCode(name);
        if (!OF_THE_TASK.contains(code)) {
            return new AttemptEnd.Broken(ErrorCode.WORKER_UNAVAILABLE, "worker " + workerId + " answered " + code
                    + ", which says nothing of the work; check its token and its version");
        }
        return new AttemptEnd.Broken(code, bounded(error.path("message").asString("the worker refused the work")));
    }

    private static JsonNode envelope(byte[] body) {
        try {
            return Json.readTree(body).path("error");
        } catch (RbeesException e) {
            return Json.mapper().missingNode();
        }
    }

    /** A text of at most 1 000 characters without control characters and broken ones. */
    static String bounded(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints().limit(MAX_MESSAGE)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? ' ' : c)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}
