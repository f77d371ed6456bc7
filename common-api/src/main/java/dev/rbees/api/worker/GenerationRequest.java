package dev.rbees.api.worker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import dev.rbees.api.json.Json;
import dev.rbees.api.json.RequestFields;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.SamplingParameters;

/**
 * The body of a worker's {@code POST /execute}.
 *
 * @param jobId the caller's id for this request, 1 to 128 characters
 * @param prompt what the model is asked
 * @param sampling how the answer is made
 * @param resumed the beginning of the answer as ids of the vocabulary, when another worker made it: the stream goes on behind it
 * @param cacheScope whose prompts these are, as a word that says nothing else, at most 128 characters: what a slot still holds of a
 *        prompt is used again only for a request of the same scope; null for those that need not be kept apart
 */
public record GenerationRequest(String jobId, Prompt prompt, SamplingParameters sampling, List<Integer> resumed,
        @Nullable String cacheScope) {

    public static final double DEFAULT_TEMPERATURE = 1.0;

    private static final int MAX_JOB_ID = 128;
    private static final int MAX_SCOPE = 128;

    public GenerationRequest {
        resumed = List.copyOf(resumed);
    }

    /** A new answer. */
    public GenerationRequest(String jobId, Prompt prompt, SamplingParameters sampling) {
        this(jobId, prompt, sampling, List.of(), null);
    }

    /** An answer that goes on, or a new one, that need not be kept apart from others. */
    public GenerationRequest(String jobId, Prompt prompt, SamplingParameters sampling, List<Integer> resumed) {
        this(jobId, prompt, sampling, resumed, null);
    }

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST with all problems */
    public static GenerationRequest read(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String jobId = fields.requiredText("job_id");
        if (jobId != null && jobId.length() > MAX_JOB_ID) {
            fields.reject("job_id", "max_length(" + MAX_JOB_ID + ")",
                    "job_id must be at most %d characters (got %d)".formatted(MAX_JOB_ID, jobId.length()));
        }
        Prompt prompt = Prompt.read(fields);
        SamplingParameters sampling = SamplingParameters.read(fields, DEFAULT_TEMPERATURE);
        List<Integer> resumed = readResumed(fields);
        String scope = fields.text("cache_scope");
        if (scope != null && scope.length() > MAX_SCOPE) {
            fields.reject("cache_scope", "max_length(" + MAX_SCOPE + ")",
                    "cache_scope must be at most %d characters (got %d)".formatted(MAX_SCOPE, scope.length()));
        }
        fields.rejectUnknown();
        fields.finish();
        if (jobId == null || prompt == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        return new GenerationRequest(jobId, prompt, sampling, resumed, scope);
    }

    /** The field {@code resume: {"token_ids": […]}}. */
    private static List<Integer> readResumed(RequestFields fields) {
        JsonNode value = fields.value("resume");
        if (value == null) {
            return List.of();
        }
        JsonNode ids = value.isObject() ? value.get("token_ids") : null;
        if (ids == null || !ids.isArray() || value.size() != 1) {
            fields.reject("resume", "token_ids", "resume must be an object with the array token_ids and nothing else");
            return List.of();
        }
        List<Integer> tokens = new ArrayList<>(ids.size());
        for (JsonNode id : ids) {
            if (!id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() < 0) {
                fields.reject("resume.token_ids", "token_id", "resume.token_ids must hold ids of the vocabulary");
                return List.of();
            }
            tokens.add(id.asInt());
        }
        return tokens;
    }

    /** The same request, to go on behind these tokens. */
    public GenerationRequest after(List<Integer> tokens) {
        return new GenerationRequest(jobId, prompt, sampling, tokens, cacheScope);
    }

    /** The same request, kept apart from those of another scope. */
    public GenerationRequest scoped(@Nullable String scope) {
        return new GenerationRequest(jobId, prompt, sampling, resumed, scope);
    }

    public String toJson() {
        Map<String, Object> body = new LinkedHashMap<>(prompt.toFields());
        body.put("job_id", jobId);
        body.putAll(sampling.toFields());
        if (!resumed.isEmpty()) {
            body.put("resume", Map.of("token_ids", resumed));
        }
        if (cacheScope != null) {
            body.put("cache_scope", cacheScope);
        }
        return Json.write(body);
    }
}
