package dev.rbees.api.session;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a session.
 *
 * @param sessionId what its tasks name
 * @param turns tasks that were accepted
 * @param tokensUsed tokens of the prompts and answers of those that have ended
 * @param tokenBudget tokens that all its tasks may take together, null for no limit
 * @param tokensBudgetRemaining of these, what new tasks may still take: neither used nor promised to a task that has not
 *        ended; null for no limit
 * @param ttlMsRemaining milliseconds after which it is forgotten, if no task comes
 */
public record SessionView(String sessionId, long turns, long tokensUsed, @Nullable Long tokenBudget,
        @Nullable Long tokensBudgetRemaining, long ttlMsRemaining) {}
