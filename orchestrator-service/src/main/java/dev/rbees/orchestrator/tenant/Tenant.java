package dev.rbees.orchestrator.tenant;

import java.time.LocalDate;

import org.jspecify.annotations.Nullable;

import dev.rbees.api.tenant.TenantRequest.Quota;

/**
 * The record of somebody who shares the installation with others.
 *
 * @param id its name, which is free for another when it is gone
 * @param internalId whose its tasks are, see {@link #owner}; null in records of earlier versions
 * @param tokenDigest hex SHA-256 of its token
 * @param quota what its tasks may take
 * @param day of {@code tokens}, UTC
 * @param tokens of prompts and answers of tasks that ended on that day
 */
public record Tenant(String id, @Nullable String internalId, String tokenDigest, Quota quota, LocalDate day,
        long tokens) {

    /**
     * What tasks, sessions, idempotency keys and the audit log name it by: never given to another, so that whoever takes its name later
     * sees nothing of it. Earlier versions named tenants by their names.
     */
    public String owner() {
        return internalId == null ? id : internalId;
    }

    Tenant withToken(String digest) {
        return new Tenant(id, internalId, digest, quota, day, tokens);
    }

    /** why: after a clock that was wrong is set back, the day of the record lies ahead, and still counts. */
    long tokensOn(LocalDate today) {
        return day.isBefore(today) ? 0 : Math.max(0, tokens);
    }

    /** @param more at least 0 */
    Tenant used(long more, LocalDate today) {
        return new Tenant(id, internalId, tokenDigest, quota, day.isBefore(today) ? today : day, tokensOn(today) + more);
    }
}
