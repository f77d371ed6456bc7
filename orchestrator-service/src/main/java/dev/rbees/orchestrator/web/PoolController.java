package dev.rbees.orchestrator.web;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

import dev.rbees.api.pool.PoolRegistration;
import dev.rbees.api.pool.PoolState;
import dev.rbees.api.pool.PoolView;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.placement.Pools;
import dev.rbees.orchestrator.pool.PoolRegistry;
import dev.rbees.orchestrator.pool.PoolRequest;
import dev.rbees.orchestrator.provisioning.PoolOperations;
import dev.rbees.service.Bridge;

/** Machines that may run workers: the operator registers them, drains them and lets them go. */
@RestController
final class PoolController {

    private final PoolRegistry registry;
    private final PoolOperations operations;
    private final Pools pools;
    private final AuditLog audit;

    PoolController(PoolRegistry registry, PoolOperations operations, Pools pools, AuditLog audit) {
        this.registry = registry;
        this.operations = operations;
        this.pools = pools;
        this.audit = audit;
    }

    @GetMapping("/v2/pools")
    List<PoolView> list() {
        return pools.views();
    }

    @GetMapping("/v2/pools/{id}")
    PoolView show(@PathVariable String id) {
        PoolRegistration pool = registry.require(id).registration();
        return view(id).orElseGet(() -> unasked(pool));
    }

    private Optional<PoolView> view(String id) {
        return pools.views().stream().filter(pool -> pool.id().equals(id)).findFirst();
    }

    /** It has only just come. */
    private static PoolView unasked(PoolRegistration pool) {
        return new PoolView(pool.id(), pool.host(), pool.labels(), pool.onDemand(), pool.tunnel(), PoolState.UNREACHABLE,
                "it has not been asked yet", null, null);
    }

    /** 201 for a new pool, 200 for one that is known and is reached like this from now on. */
    @PostMapping(path = "/v2/pools", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<PoolView>> register(@RequestBody byte[] body, ServerWebExchange exchange) {
        PoolRegistration wanted = PoolRequest.registration(body);
        PoolOperations.Joined joined = operations.register(wanted);
        return Bridge.answer(exchange, joined::told)
                .doOnNext(_ -> audit.write(() -> AuditEvent.poolRegistered(wanted.id(), wanted.host())))
                .map(_ -> ResponseEntity.status(joined.fresh() ? HttpStatus.CREATED : HttpStatus.OK)
                        .body(view(wanted.id()).orElseGet(() -> unasked(wanted))));
    }

    /** Its workers go on. 409 for one that stands in a file of the orchestrator. */
    @DeleteMapping("/v2/pools/{id}")
    Mono<ResponseEntity<Void>> remove(@PathVariable String id, ServerWebExchange exchange) {
        return Bridge.answer(exchange, () -> operations.remove(id))
                .doOnNext(_ -> audit.write(() -> AuditEvent.poolDeregistered(id)))
                .map(_ -> ResponseEntity.noContent().build());
    }

    /** A pool that is drained gets no new workers; those that it has go on. */
    @PostMapping(path = "/v2/pools/{id}/drain", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Map<String, Object>> drain(@PathVariable String id, @RequestBody byte[] body, ServerWebExchange exchange) {
        boolean draining = PoolRequest.draining(body);
        return Bridge.answer(exchange, () -> operations.drain(id, draining))
                .doOnNext(_ -> audit.write(() -> AuditEvent.poolDrained(id, draining)))
                .map(_ -> Map.of("id", id, "draining", draining));
    }
}
