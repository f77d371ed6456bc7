package dev.rbees.api.tenant;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.Ids;
import dev.rbees.api.json.RequestFields;

/**
 * The body of {@code POST /v2/tenants}.
 *
 * @param tenantId its name
 * @param quota what its tasks may take
 */
public record TenantRequest(String tenantId, Quota quota) {

    private static final int MOST_TASKS = 100_000;
    private static final long MOST_TOKENS = 1_000_000_000_000L;
    private static final int MOST_REQUESTS = 1_000_000;
    private static final int MOST_MODELS = 100;
    private static final int LONGEST_MODEL = 512;

    /**
     * What the tasks of a tenant may take together; each is null for no limit.
     *
     * @param maxTasks tasks that have not ended
     * @param tokensPerDay tokens of prompts and answers from midnight to midnight, UTC
     * @param requestsPerMinute tasks handed in
     * @param models that they may name
     */
    public record Quota(@Nullable Integer maxTasks, @Nullable Long tokensPerDay, @Nullable Integer requestsPerMinute,
            @Nullable List<String> models) {

        /** No limit at all. */
        public static final Quota NONE = new Quota(null, null, null, null);

        public Quota {
            models = models == null ? null : List.copyOf(models);
        }
    }

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST with all problems */
    public static TenantRequest read(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String id = fields.requiredText("tenant_id");
        if (id != null && !Ids.isId(id)) {
            fields.reject("tenant_id", "identifier",
                    "tenant_id must be 1 to 64 letters, digits, dots, dashes or underscores and begin with a letter or digit");
        }
        Long tasks = fields.integer("max_tasks", 1, MOST_TASKS);
        Long tokens = fields.integer("tokens_per_day", 1, MOST_TOKENS);
        Long requests = fields.integer("requests_per_minute", 1, MOST_REQUESTS);
        List<String> models = fields.has("models") ? fields.texts("models", MOST_MODELS, LONGEST_MODEL) : null;
        fields.rejectUnknown();
        fields.finish();
        if (id == null) {
            throw new IllegalStateException("finish() refuses what is missing");
        }
        return new TenantRequest(id, new Quota(tasks == null ? null : tasks.intValue(), tokens,
                requests == null ? null : requests.intValue(), models));
    }
}
