package dev.rbees.api.worker;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.rbees.api.json.Json;
import dev.rbees.api.json.RequestFields;
import dev.rbees.api.task.Prompt;
import dev.rbees.api.task.SamplingParameters;
import dev.rbees.api.task.UnsupportedFields;

/**
 * The body of a worker's {@code POST /execute}.
 *
 * @param jobId the caller's id for this request, 1 to 128 characters
 * @param prompt what the model is asked
 * @param sampling how the answer is made
 */
public record GenerationRequest(String jobId, Prompt prompt, SamplingParameters sampling) {

    public static final double DEFAULT_TEMPERATURE = 1.0;

    private static final int MAX_JOB_ID = 128;

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
        UnsupportedFields.reject(fields);
        fields.rejectUnknown();
        fields.finish();
        if (jobId == null || prompt == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        return new GenerationRequest(jobId, prompt, sampling);
    }

    public String toJson() {
        Map<String, Object> body = new LinkedHashMap<>(prompt.toFields());
        body.put("job_id", jobId);
        if (sampling.maxTokens() != null) {
            body.put("max_tokens", sampling.maxTokens());
        }
        body.put("temperature", sampling.temperature());
        body.put("top_p", sampling.topP());
        body.put("top_k", sampling.topK());
        body.put("min_p", sampling.minP());
        body.put("repetition_penalty", sampling.repetitionPenalty());
        body.put("stop", sampling.stop());
        if (sampling.seed() != null) {
            body.put("seed", sampling.seed());
        }
        body.put("ignore_eos", sampling.ignoreEos());
        return Json.write(body);
    }
}
