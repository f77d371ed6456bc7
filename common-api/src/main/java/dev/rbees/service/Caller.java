package dev.rbees.service;

import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;

/**
 * Who sends a request. Until a filter has found out, it is {@link #NOBODY}, who may do nothing.
 *
 * @param role what it may do
 * @param tenant whose its tasks are: the internal id of a tenant; null for those of the installation
 */
public record Caller(Role role, @Nullable String tenant) {

    /** Who has not shown who it is. */
    public static final Caller NOBODY = new Caller(Role.NOBODY, null);

    /** The owner of the installation, and everybody where it asks for no token. */
    public static final Caller OPERATOR = new Caller(Role.OPERATOR, null);

    /** A worker that joins, or has joined. */
    public static final Caller WORKER = new Caller(Role.WORKER, null);

    private static final String ATTRIBUTE = Caller.class.getName();

    /** What somebody may do. */
    public enum Role {
        /** Nothing, but see signs of life. */
        NOBODY,
        /** Everything. */
        OPERATOR,
        /** Hand in tasks and see to them. */
        TENANT,
        /** Join, give signs of life, and leave. */
        WORKER
    }

    public Caller {
        if ((role == Role.TENANT) != (tenant != null)) {
            throw new IllegalArgumentException("a tenant has an id, and nobody else has");
        }
    }

    /** Who works for a tenant, which is named by its internal id. */
    public static Caller of(String tenant) {
        return new Caller(Role.TENANT, tenant);
    }

    /**
     * Whose its tasks are; null for those of the installation.
     *
     * @throws RbeesException UNAUTHORIZED for nobody, FORBIDDEN for a worker: they have none, and must not pass for the installation
     */
    @Override
    public @Nullable String tenant() {
        return switch (role) {
            case OPERATOR, TENANT -> tenant;
            case NOBODY -> throw new RbeesException(ErrorCode.UNAUTHORIZED,
                    "this program asks for a token: send it as Authorization: Bearer …, or set RBEES_API_TOKEN_FILE");
            case WORKER -> throw new RbeesException(ErrorCode.FORBIDDEN, "a worker's token is not for tasks");
        };
    }

    /** Whether it may know of something that belongs to a tenant, null for the installation. */
    public boolean mayUse(@Nullable String owner) {
        return switch (role) {
            case OPERATOR -> true;
            case TENANT -> tenant != null && tenant.equals(owner);
            case NOBODY, WORKER -> false;
        };
    }

    /** Who sent this request; {@link #NOBODY} when no filter has said so. */
    public static Caller of(ServerWebExchange exchange) {
        return exchange.getAttributeOrDefault(ATTRIBUTE, NOBODY);
    }

    void put(ServerWebExchange exchange) {
        exchange.getAttributes().put(ATTRIBUTE, this);
    }
}
