package dev.rbees.api.task;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.json.RequestFields;

/**
 * A task as a client hands it in.
 *
 * @param model id of the model
 * @param prompt what the model is asked
 * @param sampling how the answer is made
 * @param priority class in the queue
 * @param sessionId the session it belongs to, null for none
 * @param deadline how long the whole task may take, null for no limit of its own
 * @param onDisconnect what happens when its last reader leaves
 */
public record TaskSubmission(String model, Prompt prompt, SamplingParameters sampling, Priority priority,
        @Nullable String sessionId, @Nullable Duration deadline, OnDisconnect onDisconnect) {

    public static final double DEFAULT_TEMPERATURE = 0.7;

    private static final long MAX_DEADLINE_MS = Duration.ofDays(7).toMillis();

    /**
     * Reads the body of {@code POST /v2/tasks}.
     *
     * @throws dev.rbees.api.error.RbeesException INVALID_REQUEST with all problems
     */
    public static TaskSubmission read(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String model = fields.requiredText("model");
        Prompt prompt = Prompt.read(fields);
        SamplingParameters sampling = SamplingParameters.read(fields, DEFAULT_TEMPERATURE);
        Priority priority = fields.choice("priority", Priority.class, Priority.INTERACTIVE);
        String session = fields.text("session_id");
        Long deadline = fields.integer("deadline_ms", 1, MAX_DEADLINE_MS);
        OnDisconnect onDisconnect = fields.choice("on_disconnect", OnDisconnect.class, OnDisconnect.KEEP);
        fields.rejectUnknown();
        fields.finish();
        return new TaskSubmission(required(model), required(prompt), sampling, priority, session,
                deadline == null ? null : Duration.ofMillis(deadline), onDisconnect);
    }

    /** The same; where it sets no limit to its answer, with this one, or the usual one where that is lower. */
    public TaskSubmission limitedTo(long remaining) {
        return sampling.maxTokens() != null
                ? this
                : new TaskSubmission(model, prompt,
                        sampling.withMaxTokens(Math.clamp(remaining, 1, SamplingParameters.DEFAULT_MAX_TOKENS)), priority,
                        sessionId, deadline, onDisconnect);
    }

    private static <T> T required(@Nullable T value) {
        return java.util.Objects.requireNonNull(value, "finish() refuses what is missing");
    }
}
