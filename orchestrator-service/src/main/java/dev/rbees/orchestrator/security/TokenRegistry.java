package dev.rbees.orchestrator.security;

import java.util.Optional;

import dev.rbees.home.ApiToken;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.tenant.Tenants;
import dev.rbees.service.Caller;
import dev.rbees.service.Keyring;

/** The tokens of this installation: its operator's, its workers', its tenants'. */
public final class TokenRegistry implements Keyring {

    private final Optional<ApiToken> operator;
    private final Optional<ApiToken> workers;
    private final Optional<Tenants> tenants;
    private final AuditLog audit;

    /**
     * @param operator opens everything
     * @param workers opens what workers need; empty where they show the operator's
     * @param tenants each has a token; empty where there are none
     * @param audit is told of those that nobody has
     */
    public TokenRegistry(Optional<ApiToken> operator, Optional<ApiToken> workers, Optional<Tenants> tenants,
            AuditLog audit) {
        this.operator = operator;
        this.workers = workers;
        this.tenants = tenants;
        this.audit = audit;
    }

    @Override
    public Optional<Caller> holder(String token) {
        if (operator.filter(key -> key.matches(token)).isPresent()) {
            return Optional.of(Caller.OPERATOR);
        }
        if (workers.filter(key -> key.matches(token)).isPresent()) {
            return Optional.of(Caller.WORKER);
        }
        return tenants.flatMap(all -> all.holder(token)).map(Caller::of);
    }

    @Override
    public void refused(String address) {
        audit.write(() -> AuditEvent.authFailure(address));
    }

    /** Whether the installation is shared. */
    public boolean servesTenants() {
        return tenants.isPresent();
    }
}
