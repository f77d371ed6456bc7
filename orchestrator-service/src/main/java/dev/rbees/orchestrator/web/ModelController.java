package dev.rbees.orchestrator.web;

import java.util.stream.Collectors;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import dev.rbees.api.worker.WorkerView;
import dev.rbees.orchestrator.audit.AuditEvent;
import dev.rbees.orchestrator.audit.AuditLog;
import dev.rbees.orchestrator.worker.Fleet;
import dev.rbees.orchestrator.worker.KnownModels;

/** Models that workers brought: the operator forgets what nobody has any more. */
@RestController
final class ModelController {

    private final KnownModels models;
    private final Fleet fleet;
    private final AuditLog audit;

    ModelController(KnownModels models, Fleet fleet, AuditLog audit) {
        this.models = models;
        this.fleet = fleet;
        this.audit = audit;
    }

    /** 409 while a worker has it. */
    @DeleteMapping("/v2/models/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable String id) {
        models.remove(id, fleet.views().stream().map(WorkerView::model).collect(Collectors.toSet()));
        audit.write(() -> AuditEvent.modelDeleted(id));
    }
}
