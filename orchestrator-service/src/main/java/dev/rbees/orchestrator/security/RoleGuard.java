package dev.rbees.orchestrator.security;

import java.util.List;
import java.util.Set;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.service.Caller;
import dev.rbees.service.TokenGuard;

/** Which token opens what: the operator's everything, the others what is named here, none nothing but signs of life. */
@Order(Ordered.HIGHEST_PRECEDENCE + 3)
public final class RoleGuard implements WebFilter {

    private static final List<String> TENANTS = List.of("/v1/", "/v2/tasks", "/v2/sessions");
    private static final List<String> TENANTS_READ = List.of("/v2/models", "/v2/meta/", "/openapi.json");
    private static final String WORKERS = "/v2/workers/";
    private static final Set<HttpMethod> FOR_WORKERS = Set.of(HttpMethod.POST, HttpMethod.DELETE);

    private final AuditLog audit;

    public RoleGuard(AuditLog audit) {
        this.audit = audit;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Caller caller = Caller.of(exchange);
        ServerHttpRequest request = exchange.getRequest();
        if (mayUse(caller, request.getMethod(), request.getPath().value())) {
            return chain.filter(exchange);
        }
        audit.write(() -> AuditEvent.authorizationDenied(caller, request.getMethod().name()));
        return Mono.error(caller.role() == Caller.Role.NOBODY
                ? new RbeesException(ErrorCode.UNAUTHORIZED,
                        "this program asks for a token: send it as Authorization: Bearer …")
                : new RbeesException(ErrorCode.FORBIDDEN, "this token is not for that"));
    }

    static boolean mayUse(Caller caller, HttpMethod method, String path) {
        return TokenGuard.isOpen(path) || switch (caller.role()) {
            case OPERATOR -> true;
            case TENANT -> isAmong(TENANTS, path) || (HttpMethod.GET.equals(method) && isAmong(TENANTS_READ, path));
            case WORKER -> path.startsWith(WORKERS) && FOR_WORKERS.contains(method);
            case NOBODY -> false;
        };
    }

    private static boolean isAmong(List<String> known, String path) {
        return known.stream().anyMatch(open -> open.endsWith("/")
                ? path.startsWith(open)
                : path.equals(open) || path.startsWith(open + "/"));
    }
}
