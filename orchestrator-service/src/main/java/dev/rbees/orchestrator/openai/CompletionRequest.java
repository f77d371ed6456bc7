package dev.rbees.orchestrator.openai;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.RequestFields;
import dev.rbees.api.task.OnDisconnect;
import dev.rbees.api.task.Priority;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.TaskSubmission;

/**
 * The body of {@code POST /v1/chat/completions} or {@code POST /v1/completions}.
 *
 * @param task what is to be done
 * @param stream whether the answer comes in pieces
 * @param includeUsage whether a stream ends with the token counts
 */
record CompletionRequest(TaskSubmission task, boolean stream, boolean includeUsage) {

    private static final double DEFAULT_TEMPERATURE = 1.0;
    /** OpenAI's for plain texts; a chat may be as long as any task. */
    private static final int DEFAULT_TEXT_TOKENS = 16;

    /** Fields that change nothing about the answer. */
    private static final String[] IGNORED = {"user", "metadata", "store", "service_tier", "safety_identifier",
        "prompt_cache_key", "parallel_tool_calls"};

    /** Fields that are refused unless they say what holds anyway. */
    private static final Map<String, List<String>> NEUTRAL = Map.of(
            "n", List.of("1"),
            "tools", List.of("[]"),
            "functions", List.of("[]"),
            "tool_choice", List.of("\"none\"", "\"auto\""),
            "modalities", List.of("[\"text\"]"),
            "best_of", List.of("1"),
            "echo", List.of("false"),
            "suffix", List.of("\"\""));

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST with all problems */
    static CompletionRequest chat(byte[] body) {
        return read(body, "messages", null);
    }

    /**
     * A text is read as it is, without the model's template.
     *
     * @throws dev.rbees.api.error.RbeesException INVALID_REQUEST with all problems
     */
    static CompletionRequest text(byte[] body) {
        return read(body, "prompt", DEFAULT_TEXT_TOKENS);
    }

    /** @param source the field with the prompt */
    private static CompletionRequest read(byte[] body, String source, @Nullable Integer defaultTokens) {
        RequestFields fields = RequestFields.of(body);
        String model = fields.requiredText("model");
        if (!fields.has(source)) {
            fields.reject(source, "required", source + " is required");
        }
        Prompt prompt = fields.has(source) ? Prompt.read(fields) : null;
        SamplingParameters sampling = sampling(fields);
        boolean stream = fields.flag("stream", false);
        boolean usage = includeUsage(fields);
        NEUTRAL.forEach((name, allowed) -> requireNeutral(fields, name, allowed));
        fields.accept(IGNORED);
        fields.rejectUnknown();
        fields.finish();
        if (model == null || prompt == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        SamplingParameters limited = sampling.maxTokens() == null && defaultTokens != null
                ? sampling.withMaxTokens(defaultTokens)
                : sampling;
        return new CompletionRequest(new TaskSubmission(model, prompt, limited, Priority.INTERACTIVE, null, null,
                OnDisconnect.CANCEL), stream, usage);
    }

    private static SamplingParameters sampling(RequestFields fields) {
        SamplingParameters read = SamplingParameters.read(fields, DEFAULT_TEMPERATURE);
        Long newer = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE);
        return newer == null ? read : read.withMaxTokens(newer.intValue());
    }

    private static boolean includeUsage(RequestFields fields) {
        JsonNode options = fields.value("stream_options");
        if (options == null) {
            return false;
        }
        if (!options.isObject()) {
            fields.reject("stream_options", "object", "stream_options must be an object");
            return false;
        }
        return fields.nested(options, "stream_options").flag("include_usage", false);
    }

    private static void requireNeutral(RequestFields fields, String name, List<String> allowed) {
        JsonNode value = fields.value(name);
        if (value != null && !allowed.contains(value.toString())) {
            fields.reject(name, "unsupported", name + " is not supported by this version of rbees; leave it out");
        }
    }
}
