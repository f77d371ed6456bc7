package dev.rbees.api.tenant;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a tenant.
 *
 * @param tenantId its name
 * @param quota what its tasks may take
 * @param tasks of these, how many have not ended
 * @param tokensToday tokens of those that ended today, UTC
 * @param token its token, which is shown once: when it was made
 */
public record TenantView(String tenantId, TenantRequest.Quota quota, int tasks, long tokensToday, @Nullable String token) {}
