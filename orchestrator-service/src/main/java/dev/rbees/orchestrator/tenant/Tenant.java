package dev.rbees.orchestrator.tenant;

import java.time.LocalDate;

import dev.rbees.api.tenant.TenantRequest.Quota;

/**
 * The record of somebody who shares the installation with others.
 *
 * @param id its name
 * @param tokenDigest hex SHA-256 of its token
 * @param quota what its tasks may take
 * @param day of {@code tokens}, UTC
 * @param tokens of prompts and answers of tasks that ended on that day
 */
public record Tenant(String id, String tokenDigest, Quota quota, LocalDate day, long tokens) {

    Tenant withToken(String digest) {
        return new Tenant(id, digest, quota, day, tokens);
    }

    long tokensOn(LocalDate today) {
        return day.equals(today) ? tokens : 0;
    }

    Tenant used(long more, LocalDate today) {
        return new Tenant(id, tokenDigest, quota, today, tokensOn(today) + more);
    }
}
