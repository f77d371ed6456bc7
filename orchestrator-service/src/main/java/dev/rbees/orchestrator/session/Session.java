package dev.rbees.orchestrator.session;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The record of a session.
 *
 * @param id what its tasks name
 * @param tokenBudget tokens that all its tasks may take together, null for no limit
 * @param timeToLive how long it stays after its last task came or ended
 * @param turns tasks that were accepted
 * @param tokensUsed tokens of prompts and answers of tasks that have ended
 * @param lastUse when its last task came or ended
 */
public record Session(String id, @Nullable Long tokenBudget, Duration timeToLive, long turns, long tokensUsed,
        Instant lastUse) {

    Session turned(Instant now) {
        return new Session(id, tokenBudget, timeToLive, turns + 1, tokensUsed, now);
    }

    /** As if its last task had never come. */
    Session turnedBack() {
        return new Session(id, tokenBudget, timeToLive, turns - 1, tokensUsed, lastUse);
    }

    Session used(long tokens, Instant now) {
        return new Session(id, tokenBudget, timeToLive, turns, tokensUsed + tokens, now);
    }
}
