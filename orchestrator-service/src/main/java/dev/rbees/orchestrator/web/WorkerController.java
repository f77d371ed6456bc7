package dev.rbees.orchestrator.web;

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
import dev.rbees.api.worker.WorkerHeartbeat;
import dev.rbees.api.worker.WorkerRegistration;
import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.control.ControlLoop;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.WorkerAddresses;
import dev.rbees.service.Bridge;
import dev.rbees.service.Caller;

/** Workers: come, give signs of life, go. */
@RestController
final class WorkerController {

    private final ControlLoop control;
    private final Fleet fleet;
    private final WorkerAddresses addresses;
    private final AuditLog audit;

    WorkerController(ControlLoop control, Fleet fleet, WorkerAddresses addresses, AuditLog audit) {
        this.control = control;
        this.fleet = fleet;
        this.addresses = addresses;
        this.audit = audit;
    }

    @GetMapping("/v2/workers")
    List<WorkerView> list() {
        return fleet.views();
    }

    @PostMapping(path = "/v2/workers/register", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<Map<String, String>>> register(@RequestBody byte[] body, ServerWebExchange exchange) {
        WorkerRegistration worker = WorkerRegistration.read(body);
        return Bridge.blocking(() -> addresses.check(worker))
                .flatMap(known -> Bridge.answer(exchange, () -> control.register(known)))
                .doOnNext(_ -> audit
                        .write(() -> AuditEvent.nodeRegistered(Caller.of(exchange), worker.workerId(), worker.host())))
                .map(_ -> ResponseEntity.status(HttpStatus.CREATED).body(Map.of("worker_id", worker.workerId())));
    }

    @PostMapping(path = "/v2/workers/{id}/heartbeat", consumes = MediaType.APPLICATION_JSON_VALUE)
    Mono<Map<String, String>> heartbeat(@PathVariable String id, @RequestBody byte[] body,
            ServerWebExchange exchange) {
        WorkerHeartbeat heartbeat = WorkerHeartbeat.read(body);
        return Bridge.answer(exchange, () -> control.heartbeat(id, heartbeat)).map(known -> {
            if (!known) {
                throw new RbeesException(ErrorCode.WORKER_NOT_FOUND, "no worker of that id is known; register it again");
            }
            return Map.of("worker_id", id);
        });
    }

    /** A worker that is not known is as gone as one that was. */
    @DeleteMapping("/v2/workers/{id}")
    Mono<ResponseEntity<Void>> deregister(@PathVariable String id, ServerWebExchange exchange) {
        return Bridge.answer(exchange, () -> control.deregister(id))
                .doOnNext(_ -> audit.write(() -> AuditEvent.nodeDeregistered(Caller.of(exchange), id)))
                .map(_ -> ResponseEntity.noContent().build());
    }
}
