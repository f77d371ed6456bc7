package dev.rbees.api.worker;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.rbees.api.json.Json;
import dev.rbees.api.json.RequestFields;
import dev.rbees.api.task.Prompt;

/**
 * The body of {@code POST /execute} of a worker that makes embeddings.
 *
 * @param jobId the caller's id for this request, 1 to 128 characters
 * @param input 1 to 256 texts, none of them empty
 * @param truncate whether texts that are too long for the model are cut, instead of being refused
 */
public record EmbeddingRequest(String jobId, List<String> input, boolean truncate) {

    /** The most texts of one request. */
    public static final int MAX_TEXTS = 256;

    private static final int MAX_JOB_ID = 128;

    public EmbeddingRequest {
        input = List.copyOf(input);
    }

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST with all problems */
    public static EmbeddingRequest read(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String jobId = fields.requiredText("job_id");
        if (jobId != null && jobId.length() > MAX_JOB_ID) {
            fields.reject("job_id", "max_length(" + MAX_JOB_ID + ")",
                    "job_id must be at most %d characters (got %d)".formatted(MAX_JOB_ID, jobId.length()));
        }
        List<String> input = readInput(fields);
        boolean truncate = fields.flag("truncate", false);
        fields.rejectUnknown();
        fields.finish();
        if (jobId == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        return new EmbeddingRequest(jobId, input, truncate);
    }

    /** The field {@code input}; what is wrong with it is noted. */
    public static List<String> readInput(RequestFields fields) {
        var value = fields.value("input");
        if (value == null || (value.isArray() && value.isEmpty())) {
            fields.reject("input", "required", "input must be a text or an array of at least one text");
            return List.of();
        }
        List<String> input = fields.texts("input", MAX_TEXTS, Prompt.MAX_BYTES);
        long bytes = input.stream().mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length).sum();
        if (bytes > Prompt.MAX_BYTES) {
            fields.reject("input", "max_bytes(" + Prompt.MAX_BYTES + ")",
                    "the texts of input must have at most %d bytes together (got %d)".formatted(Prompt.MAX_BYTES, bytes));
        }
        return input;
    }

    public String toJson() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("job_id", jobId);
        body.put("input", input);
        body.put("truncate", truncate);
        return Json.write(body);
    }
}
