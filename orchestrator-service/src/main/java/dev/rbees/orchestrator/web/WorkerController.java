package dev.rbees.orchestrator.web;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;

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

import dev.rbees.api.error.ErrorCode;
import dev.rbees.api.error.RbeesException;
import dev.rbees.api.worker.WorkerAccepted;
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerSecret;
import dev.rbees.api.worker.WorkerStatus;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.provisioning.PoolOperations;
import dev.rbees.orchestrator.time.SteadyClock;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.WorkerAddresses;
import dev.rbees.orchestrator.worker.WorkerIds;
import dev.rbees.orchestrator.worker.WorkerSecrets;
import dev.rbees.service.Bridge;
import dev.rbees.service.Caller;

/** Workers: come, give signs of life, go. */
@RestController
final class WorkerController {

    private final ControlLoop control;
    private final Fleet fleet;
    private final WorkerAddresses addresses;
    private final PoolOperations pools;
    private final AuditLog audit;
    private final WorkerIds ids;

    WorkerController(ControlLoop control, Fleet fleet, WorkerAddresses addresses, PoolOperations pools, AuditLog audit,
            SteadyClock clock) {
        this.control = control;
        this.fleet = fleet;
        this.addresses = addresses;
        this.pools = pools;
        this.audit = audit;
        this.ids = new WorkerIds(new WorkerSecrets(new SecureRandom()), clock::steady);
    }

    @GetMapping("/v2/workers")
    List<WorkerView> list() {
        return fleet.views();
    }

    @PostMapping(path = "/v2/workers/register", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<WorkerAccepted>> register(@RequestBody byte[] body, ServerWebExchange exchange) {
        WorkerRegistration worker = WorkerRegistration.read(body);
        return Bridge.blocking(() -> addresses.check(pools.reached(worker))).flatMap(known -> {
            WorkerSecrets.Decision.Accepted accepted = ids.register(known, lost(known.workerId()));
            return Bridge.answer(exchange, () -> control.register(known.withoutSecret(), accepted.again()))
                    .map(_ -> accepted.secret());
        }).doOnNext(_ -> audit
                .write(() -> AuditEvent.nodeRegistered(Caller.of(exchange), worker.workerId(), worker.host())))
                .map(secret -> ResponseEntity.status(HttpStatus.CREATED)
                        .body(new WorkerAccepted(worker.workerId(), secret)));
    }

    private boolean lost(String id) {
        return fleet.views().stream()
                .anyMatch(worker -> worker.workerId().equals(id) && worker.status() == WorkerStatus.FAILED);
    }

    @PostMapping(path = "/v2/workers/{id}/heartbeat", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Map<String, String>> heartbeat(@PathVariable String id, @RequestBody byte[] body, ServerWebExchange exchange) {
        WorkerHeartbeat heartbeat = WorkerHeartbeat.read(body);
        ids.heard(id, heartbeat.secret());
        return Bridge.answer(exchange, () -> control.heartbeat(id, heartbeat)).map(known -> {
            if (!known) {
                throw new RbeesException(ErrorCode.WORKER_NOT_FOUND, "no worker of that id is known; register it again");
            }
            return Map.of("worker_id", id);
        });
    }

    /** A worker that is not known is as gone as one that was. The operator may let any worker go, a worker only itself. */
    @DeleteMapping("/v2/workers/{id}")
    Mono<ResponseEntity<Void>> deregister(@PathVariable String id, ServerWebExchange exchange) {
        Caller caller = Caller.of(exchange);
        String header = exchange.getRequest().getHeaders().getFirst(WorkerSecret.HEADER);
        ids.leave(id, WorkerSecret.ofHeader(header).orElse(null), caller.role() == Caller.Role.OPERATOR);
        return Bridge.answer(exchange, () -> control.deregister(id))
                .doOnNext(_ -> audit.write(() -> AuditEvent.nodeDeregistered(caller, id)))
                .map(_ -> ResponseEntity.noContent().build());
    }
}
