package dev.rbees.service;

import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * Who sends a request.
 *
 * @param role what it may do
 * @param tenant whose it is; null for one that belongs to the installation
 */
public record Caller(Role role, @Nullable String tenant) {

    /** The owner of the installation, and everybody where there are no tenants. */
    public static final Caller OPERATOR = new Caller(Role.OPERATOR, null);

    /** A worker that joins, or has joined. */
    public static final Caller WORKER = new Caller(Role.WORKER, null);

    private static final String ATTRIBUTE = Caller.class.getName();

    /** What somebody may do. */
    public enum Role {
        /** Everything. */
        OPERATOR,
        /** Hand in tasks and see to them. */
        TENANT,
        /** Join, give signs of life, and leave. */
        WORKER
    }

    /** Who works for a tenant. */
    public static Caller of(String tenant) {
        return new Caller(Role.TENANT, tenant);
    }

    /** Whether it may know of something that belongs to a tenant, null for nobody. */
    public boolean mayUse(@Nullable String owner) {
        return role == Role.OPERATOR || (tenant != null && tenant.equals(owner));
    }

    /** Who sent this request. */
    public static Caller of(ServerWebExchange exchange) {
        return exchange.getAttributeOrDefault(ATTRIBUTE, OPERATOR);
    }

    void put(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }
}
