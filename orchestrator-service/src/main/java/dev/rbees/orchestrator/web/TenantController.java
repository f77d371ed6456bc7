package dev.rbees.orchestrator.web;

import java.util.List;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.tenant.TenantRequest;
import dev.rbees.api.tenant.TenantView;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.security.TokenRegistry;
import dev.rbees.orchestrator.tenant.Tenants;
import dev.rbees.service.Bridge;

/** Tenants of an installation in platform mode: the operator takes them in and lets them go. */
@RestController
final class TenantController {

    private final Tenants tenants;
    private final TokenRegistry tokens;
    private final AuditLog audit;

    TenantController(Tenants tenants, TokenRegistry tokens, AuditLog audit) {
        this.tenants = tenants;
        this.tokens = tokens;
        this.audit = audit;
    }

    @PostMapping(path = "/v2/tenants", consumes = MediaType.APPLICATION_JSON_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    TenantView create(@RequestBody byte[] body) {
        if (!tokens.servesTenants()) {
            throw new RbeesException(ErrorCode.CONFLICT,
                    "tenants are there in platform mode only: start rbees-orcd with RBEES_MODE=platform");
        }
        Tenants.Issued made = tenants.create(TenantRequest.read(body));
        String id = made.view().tenantId();
        audit.write(() -> AuditEvent.tenantCreated(id, made.owner()));
        audit.write(() -> AuditEvent.tokenCreated(id, made.owner()));
        return made.view();
    }

    @GetMapping("/v2/tenants")
    Mono<List<TenantView>> list() {
        return Bridge.blocking(tenants::list);
    }

    @GetMapping("/v2/tenants/{id}")
    Mono<TenantView> show(@PathVariable String id) {
        return Bridge.blocking(() -> tenants.show(id));
    }

    /** A new token; the old one is good for nothing from now on. */
    @PostMapping("/v2/tenants/{id}/token")
    @ResponseStatus(HttpStatus.CREATED)
    Mono<TenantView> renew(@PathVariable String id) {
        return Bridge.blocking(() -> {
            Tenants.Issued renewed = tenants.renew(id);
            audit.write(() -> AuditEvent.tokenRevoked(id, renewed.owner()));
            audit.write(() -> AuditEvent.tokenCreated(id, renewed.owner()));
            return renewed.view();
        });
    }

    @DeleteMapping("/v2/tenants/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    Mono<Void> delete(@PathVariable String id) {
        return Bridge.blocking(() -> {
            String owner = tenants.delete(id);
            audit.write(() -> AuditEvent.tokenRevoked(id, owner));
            audit.write(() -> AuditEvent.tenantDeleted(id, owner));
        });
    }
}
