package dev.rbees.api.session;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.Ids;
import dev.rbees.api.json.RequestFields;

/**
 * The body of {@code POST /v2/sessions}.
 *
 * @param sessionId what tasks will name, null for one that the orchestrator makes
 * @param tokenBudget tokens of prompts and answers that all its tasks may take together, null for no limit
 * @param timeToLive how long it stays after its last task has ended
 */
public record SessionRequest(@Nullable String sessionId, @Nullable Long tokenBudget, Duration timeToLive) {

    private static final Duration DEFAULT_TIME_TO_LIVE = Duration.ofMinutes(10);
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final long MOST_TOKENS = 1_000_000_000_000L;

    /** @throws dev.rbees.api.error.RbeesException INVALID_REQUEST with all problems */
    public static SessionRequest read(byte[] body) {
        RequestFields fields = RequestFields.of(body);
        String id = fields.text("session_id");
        if (id != null && !Ids.isId(id)) {
            fields.reject("session_id", "identifier",
                    "session_id must be 1 to 64 letters, digits, dots, dashes or underscores and begin with a letter or digit");
        }
        Long budget = fields.integer("token_budget", 1, MOST_TOKENS);
        Long ttl = fields.integer("ttl_ms", 1_000, LONGEST.toMillis());
        fields.rejectUnknown();
        fields.finish();
        return new SessionRequest(id, budget, ttl == null ? DEFAULT_TIME_TO_LIVE : Duration.ofMillis(ttl));
    }
}
